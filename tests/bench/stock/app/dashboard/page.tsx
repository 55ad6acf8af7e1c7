import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { groupScopes } from "@/lib/webflow/scopes";
import { auth, type StockSite, signIn, signOut } from "@/tests/bench/stock/auth";
import { prisma } from "@/tests/bench/stock/prisma";

const risks = { low: "Low risk", medium: "Medium risk", high: "High risk" };

async function disconnect() {
  "use server";
  const session = await auth();
  if (!session?.user?.id) redirect("/");
  await prisma.account.deleteMany({ where: { userId: session.user.id } });
  revalidatePath("/dashboard");
}

async function connect() {
  "use server";
  await signIn("webflow", { redirectTo: "/dashboard" });
}

async function leave() {
  "use server";
  await signOut({ redirectTo: "/" });
}

async function checkAgain() {
  "use server";
  revalidatePath("/dashboard");
}

/** The session as the guide reads it, then the account: the content of the template's dashboard for one connection. */
export default async function DashboardPage() {
  const session = await auth();
  if (!session?.user?.id) redirect("/");
  const account = await prisma.account.findFirst({ where: { userId: session.user.id } });
  const scopes = account?.scope?.split(" ") ?? [];
  const sites = session.user.sites ?? [];
  return (
    <>
      <header className="border-b border-gray-200 bg-white">
        <nav className="mx-auto flex max-w-5xl items-center justify-between px-4 py-4 sm:px-8">
          <a href="/" className="flex items-center gap-2 font-semibold tracking-tight">
            Webflow App
          </a>
          <form action={leave}>
            <Button>Sign out</Button>
          </form>
        </nav>
      </header>
      <main className="mx-auto w-full max-w-5xl grow px-4 py-10 sm:px-8 sm:py-16">
        <div className="flex flex-wrap items-center justify-between gap-4">
          <h1 className="text-3xl font-semibold tracking-tight">Your connections</h1>
          <form action={connect}>
            <Button>Connect another workspace</Button>
          </form>
        </div>
        {account ? (
          <article className="mt-8 rounded-2xl border border-gray-200 bg-white shadow-sm">
            <div className="space-y-6 p-5 sm:p-8">
              <div>
                <span className="inline-flex items-center rounded-md border border-green-700 bg-green-50 px-2 py-0.5 text-sm font-semibold text-green-800">
                  Connected
                </span>
                <h2 className="mt-3 text-xl font-semibold">{session.user.name}</h2>
                <p className="text-sm text-gray-600">{session.user.email}</p>
                <p className="mt-3 text-sm">Everything this app needs is allowed.</p>
              </div>
              <dl className="grid gap-x-8 gap-y-4 text-sm sm:grid-cols-3">
                <div>
                  <dt className="text-gray-600">Sites</dt>
                  <dd>
                    <ul>
                      {sites.map((site) => (
                        <SiteItem key={site.id} site={site} />
                      ))}
                    </ul>
                  </dd>
                </div>
                <div>
                  <dt className="text-gray-600">Connected</dt>
                  <dd>
                    <time dateTime={account.createdAt.toISOString()}>{account.createdAt.toUTCString()}</time>
                  </dd>
                </div>
                <div>
                  <dt className="text-gray-600">Last checked</dt>
                  <dd>
                    <time dateTime={account.updatedAt.toISOString()}>{account.updatedAt.toUTCString()}</time>
                  </dd>
                </div>
              </dl>
              <section>
                <h3 className="pb-4 font-semibold">What this app may do</h3>
                {groupScopes(scopes).map((group) => (
                  <div key={group.label} className="border-t border-gray-200 py-4">
                    <h4 className="font-semibold">{group.label}</h4>
                    <ul aria-label={group.label} className="mt-2 space-y-3">
                      {group.scopes.map((scope) => (
                        <li key={scope.id} className="flex items-start gap-4 text-sm">
                          <span className="inline-flex w-20 shrink-0 items-center rounded-md border border-gray-300 px-2 py-0.5 font-semibold">
                            {scope.access === "read" ? "Read" : "Change"}
                          </span>
                          <div>
                            <p>
                              <b className="font-semibold">{scope.title}</b> {scope.sentence}
                            </p>
                            <p className="text-xs text-gray-600">
                              <code className="font-mono">{scope.id}</code> · {risks[scope.care]}
                            </p>
                          </div>
                        </li>
                      ))}
                    </ul>
                  </div>
                ))}
              </section>
            </div>
            <div className="flex flex-wrap items-center gap-3 border-t border-gray-200 p-5 sm:px-8">
              <form action={checkAgain}>
                <Button>Check now</Button>
              </form>
              <form action={connect}>
                <Button>Reconnect</Button>
              </form>
              <form action={disconnect} className="sm:ml-auto">
                <Button>Disconnect</Button>
              </form>
            </div>
          </article>
        ) : (
          <p className="mt-8">Nothing is connected</p>
        )}
      </main>
      <footer className="border-t border-gray-200 text-sm text-gray-600">
        <nav className="mx-auto flex max-w-5xl flex-wrap items-center gap-x-6 gap-y-2 px-4 py-6 sm:px-8">
          <p className="grow">Webflow App is an independent app, not a part of Webflow.</p>
          <a href="/privacy" className="underline">
            Privacy
          </a>
          <a href="/terms" className="underline">
            Terms
          </a>
        </nav>
      </footer>
    </>
  );
}

function Button({ children }: { children: string }) {
  return (
    <button
      type="submit"
      className="inline-flex items-center justify-center rounded-lg border border-gray-300 bg-white px-4 py-2 text-sm font-semibold text-gray-900 hover:border-gray-900"
    >
      {children}
    </button>
  );
}

function SiteItem({ site }: { site: StockSite }) {
  return (
    <li className="flex flex-wrap gap-x-3">
      {site.displayName}
      <a href={site.previewUrl} className="text-green-800 underline" rel="noreferrer">
        Preview
      </a>
      <a
        href={`https://${site.shortName}.design.webflow.com`}
        className="text-green-800 underline"
        rel="noreferrer"
      >
        Designer
      </a>
    </li>
  );
}
