import { Apology } from "@/components/apology";
import { Page } from "@/components/page";

/** Our database did not answer. A link instead of a button: it works without client JavaScript. */
export function Unavailable() {
  return (
    <Page>
      <Apology>
        <a href="/dashboard" className="button-main">
          Try again
        </a>
      </Apology>
    </Page>
  );
}
