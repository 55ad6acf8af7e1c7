import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { connection } from "next/server";
import { ConnectForm } from "@/components/connect-form";
import { Page } from "@/components/page";
import { Reference } from "@/components/reference";
import { log } from "@/lib/log";
import { requestId } from "@/lib/request-id";
import { site } from "@/lib/site";
import { toConnectError } from "@/lib/webflow/errors";
import { errorWords } from "./messages";

export const metadata: Metadata = { title: "Connecting did not work", robots: { index: false } };

/**
 * Says why connecting failed. The query string only chooses the words. Next repeats a page's query string in the data that
 * it sends along, so whatever is not one of our codes is first cut off by a redirect. (All but `_rsc`, Next's own, which no page sees.)
 */
export default async function AuthErrorPage({ searchParams }: PageProps<"/auth/error">) {
  const query = await searchParams;
  const code = toConnectError(query.error);
  const names = Object.keys(query);
  if (names.length > 1 || (names.length === 1 && query.error !== code)) redirect(`/auth/error?error=${code}`);
  // What is asked for beforehand ends here: nobody reads it yet, and Next would make an alert of the clock that the log looks at.
  await connection();
  log.info("error_page", { code });
  const { title, happened, next } = errorWords[code];
  return (
    <Page>
      <div className="sheet mx-auto max-w-prose">
        <div role="alert" className="p-5 sm:p-8">
          <h1 className="icon-alert icon-above">{title}</h1>
          <p className="mt-4">{happened}</p>
          <p className="mt-3 text-muted">{next}</p>
          <Reference id={await requestId()} />
        </div>
        <div className="perforation gap-x-6 gap-y-4 text-note">
          <ConnectForm label="Try again" />
          <a href="/dashboard" className="link">
            To the dashboard
          </a>
          <a href={`mailto:${site.supportEmail}`} className="link">
            Write to us
          </a>
        </div>
      </div>
    </Page>
  );
}
