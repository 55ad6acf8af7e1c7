import type { Metadata } from "next";
import { AlreadySignedIn } from "@/components/already-signed-in";
import { ConnectForm } from "@/components/connect-form";
import { OwnDocument } from "@/components/own-document";
import { Page } from "@/components/page";
import { readVisitor } from "@/lib/account/visitor";

export const metadata: Metadata = { title: "Sign in" };

/** Connecting is signing in: there is no password of ours to remember, lose or leak. */
export default async function SignInPage() {
  const visitor = await readVisitor();
  if (visitor)
    return (
      <Page>
        <OwnDocument />
        <div className="sheet mx-auto max-w-prose space-y-4 p-5 sm:p-8">
          <h1>Already signed in</h1>
          <AlreadySignedIn visitor={visitor} />
        </div>
      </Page>
    );
  return (
    <Page>
      <OwnDocument />
      <div className="mx-auto max-w-prose">
        <div className="sheet p-5 sm:p-8">
          <h1>Sign in with Webflow</h1>
          <p className="mt-4 mb-8 text-muted">
            Connecting your Webflow account is how you sign in here; there is no extra password. Have you
            connected before? Connect again and you find everything as you left it.
          </p>
          <ConnectForm />
        </div>
        <p className="mt-6 text-note text-muted">
          Webflow will ask which sites or workspace this app may use. Nothing is shared before you agree.{" "}
          <a href="/" className="link">
            What this app does
          </a>
        </p>
      </div>
    </Page>
  );
}
