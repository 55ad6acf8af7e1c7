/** @jsxImportSource hono/jsx */
import type { LedgerView } from "../domain/ledger-view";
import { displayName, findUser, sites, workspaces } from "../domain/people";
import type { RequestEntry } from "../domain/request-log";
import type { World } from "../domain/world";

const SHOWN_REQUESTS = 30;

function time(iso: string): string {
  return iso.slice(11, 19);
}

function who(userId: string): string {
  const user = findUser(userId);
  return user ? displayName(user) : userId;
}

function coverage({ siteIds, workspaceIds }: { siteIds: string[]; workspaceIds: string[] }): string {
  const named = [...workspaces, ...sites].filter(
    ({ id }) => siteIds.includes(id) || workspaceIds.includes(id),
  );
  return named.map((item) => item.displayName).join(", ") || "nothing";
}

/** Tokens and codes, newest first, by fingerprint: the raw values are for tests only. */
export function LedgerTables({ ledger }: { ledger: LedgerView }) {
  if (ledger.codes.length === 0) return <p class="soft">No code and no token was issued yet.</p>;
  return (
    <section class="scroll" tabindex={0} aria-label="Tokens and codes">
      <table>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">SHA-256</th>
            <th scope="col">State</th>
            <th scope="col">Who</th>
            <th scope="col">Where</th>
            <th scope="col">Scopes</th>
            <th scope="col">Issued</th>
          </tr>
        </thead>
        <tbody>
          {ledger.tokens.toReversed().map((token) => (
            <tr key={token.value}>
              <td>Token</td>
              <td class="mono">{token.fingerprint.slice(0, 12)}…</td>
              <td class={token.alive ? "alive" : "dead"}>
                {token.alive ? "alive" : `dead: ${token.killedBy?.replace("_", " ")}`}
              </td>
              <td>{who(token.userId)}</td>
              <td class="wrap">{coverage(token)}</td>
              <td class="wrap">{token.scopes.join(" ")}</td>
              <td>{time(token.issuedAt)}</td>
            </tr>
          ))}
          {ledger.codes.toReversed().map((code) => (
            <tr key={code.value}>
              <td>Code</td>
              <td class="mono">{code.fingerprint.slice(0, 12)}…</td>
              <td class={code.state === "alive" ? "alive" : ""}>{code.state}</td>
              <td>{who(code.userId)}</td>
              <td class="wrap">{coverage(code)}</td>
              <td class="wrap">{code.scopes.join(" ")}</td>
              <td>{time(code.issuedAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The newest requests. Query strings and bodies carry codes and secrets, so they are left out. */
export function RequestTable({ entries }: { entries: readonly RequestEntry[] }) {
  const protocol = entries.filter((entry) => entry.endpoint !== null);
  if (protocol.length === 0) return <p class="soft">Nobody has asked anything yet.</p>;
  return (
    <section class="scroll" tabindex={0} aria-label="Requests">
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Request</th>
            <th scope="col">Answer</th>
            <th scope="col">Fault</th>
          </tr>
        </thead>
        <tbody>
          {protocol
            .slice(-SHOWN_REQUESTS)
            .toReversed()
            .map((entry) => (
              <tr key={entry.id}>
                <td>{time(entry.at)}</td>
                <td class="mono">
                  {entry.method} {entry.path}
                </td>
                <td>{entry.status ?? "none"}</td>
                <td>{entry.fault ?? ""}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  );
}

/** The faults in force, each with a button that ends it. */
export function FaultsInForce({ world }: { world: World }) {
  const faults = world.faults.list();
  if (faults.length === 0) return <p class="soft">No fault is in force: Webflow answers properly.</p>;
  return (
    <ul class="plain">
      {faults.map((fault) => (
        <li class="row spread" key={fault.id}>
          <span>
            <strong>{fault.endpoint === "*" ? "every endpoint" : fault.endpoint}</strong>: {fault.kind},{" "}
            {fault.left === null ? "until cleared" : `${fault.left} more`}, {fault.used} so far
          </span>
          <form method="post" action="/_control/page/clear-fault">
            <input type="hidden" name="id" value={String(fault.id)} />
            <button class="small" type="submit">
              Clear
            </button>
          </form>
        </li>
      ))}
    </ul>
  );
}
