import { Apology } from "@/components/apology";
import { Page } from "@/components/page";
import { Reference } from "@/components/reference";
import { requestId } from "@/lib/request-id";

/** Our database did not answer. A link to the same page instead of a button: it works without client JavaScript. */
export async function Unavailable({ path }: { path: `/dashboard${string}` }) {
  return (
    <Page>
      <Apology>
        <a href={path} className="button-main">
          Try again
        </a>
        <Reference id={await requestId()} />
      </Apology>
    </Page>
  );
}
