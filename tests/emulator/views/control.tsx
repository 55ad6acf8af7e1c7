/** @jsxImportSource hono/jsx */
import { viewLedger } from "../domain/ledger-view";
import type { World } from "../domain/world";
import { ClockForm, FaultForm, PresetButtons, SwitchForm } from "./control-forms";
import { FaultsInForce, LedgerTables, RequestTable } from "./control-live";

/** Replaces the live parts every two seconds; a part that holds the focus is left alone. */
export const liveScript = `
setInterval(async () => {
  if (document.hidden) return;
  try {
    const answer = await fetch("/_control", { headers: { accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const now = fresh.getElementById(part.id);
      if (now && !part.contains(document.activeElement) && now.innerHTML !== part.innerHTML) part.innerHTML = now.innerHTML;
    }
  } catch {}
}, 2000);
`;

/** Everything that can be turned and watched: faults, switches, clock, ledger, requests. */
export function ControlPage({ world, error }: { world: World; error: string | undefined }) {
  return (
    <>
      <h1>Control</h1>
      {error === undefined ? null : (
        <p class="notice" role="alert">
          {error}
        </p>
      )}
      <section class="card">
        <h2>What if…</h2>
        <p class="soft">
          One click spoils Webflow until “Back to normal”. Then use the app and watch it cope.
        </p>
        <PresetButtons />
        <h3>In force</h3>
        <div id="live-faults" data-live>
          <FaultsInForce world={world} />
        </div>
        <FaultForm />
      </section>
      <section class="card">
        <h2>Ledger</h2>
        <div id="live-ledger" data-live>
          <LedgerTables ledger={viewLedger(world)} />
        </div>
      </section>
      <section class="card">
        <h2>Requests</h2>
        <div id="live-requests" data-live>
          <RequestTable entries={world.requests.list()} />
        </div>
      </section>
      <section class="card">
        <h2>Switches</h2>
        <p class="soft">What nobody outside Webflow knows. The app must be right in every position.</p>
        <SwitchForm world={world} />
      </section>
      <section class="card">
        <h2>Webflow’s clock</h2>
        <ClockForm world={world} />
      </section>
      <form method="post" action="/_control/page/reset">
        <button type="submit">Forget everything and start afresh</button>
      </form>
    </>
  );
}
