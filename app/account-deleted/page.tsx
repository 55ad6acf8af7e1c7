import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Page } from "@/components/page";
import { readVisitor } from "@/lib/account/visitor";
import { site } from "@/lib/site";

export const metadata: Metadata = { title: "Account deleted", robots: { index: false } };

/** Where deleting an account ends. Whoever is signed in was led here by a link, and reads nothing untrue about their account. */
export default async function AccountDeletedPage() {
  if (await readVisitor()) redirect("/dashboard/account");
  return (
    <Page>
      <div className="mx-auto max-w-prose">
        <h1>Your account is deleted</h1>
        <p className="mt-4 mb-8 text-muted" role="status">
          All that was in it is gone, and this app uses nothing of yours any more. Should Webflow not have
          confirmed the end of an access yet, we ask for 30 days more. To be sure, remove the app in Webflow.{" "}
          <a href={site.links.webflowDashboard} className="link">
            Open Webflow
          </a>
        </p>
        <a href="/" className="button">
          To the start
        </a>
      </div>
    </Page>
  );
}
