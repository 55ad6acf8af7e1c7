import { headers } from "next/headers";
import type { ComponentProps } from "react";
import { nonceOf } from "@/lib/content-security-policy";
import { heldMs } from "./button-held";
import { ConfirmButton } from "./confirm-button";

interface ConfirmFormProps {
  action: ComponentProps<"form">["action"];
  /** What the action is told, which the page has asked about. */
  name: string;
  value: string;
  /** The way back, and its words. */
  keepPath: string;
  keep: string;
  pending: string;
  children: string;
}

/**
 * Refuses a click that was made before the page was a second old, also for as long as React has not taken it over: where something holds the
 * page up, it is handled when the style of the button holds nothing off any more. A key's click, which has no detail, may be quick (ConfirmButton).
 */
const refuseEarly = `{
  const heldUntil = performance.now() + ${heldMs};
  addEventListener("click", (click) => {
    if (click.detail > 0 && click.timeStamp < heldUntil && click.target.closest(".button-held")) click.preventDefault();
  }, true);
}`;

/** The last part of a page that asks once more: the button that deletes, unlinks or disconnects, and the way back. */
export async function ConfirmForm({
  action,
  name,
  value,
  keepPath,
  keep,
  pending,
  children,
}: ConfirmFormProps) {
  const nonce = nonceOf((await headers()).get("content-security-policy"));
  return (
    <form action={action} className="perforation">
      {/* Before the button is there. Browsers show nobody the nonce. */}
      <script
        nonce={nonce}
        // biome-ignore lint/security/noDangerouslySetInnerHtml: a constant, nothing in it is anybody's input.
        dangerouslySetInnerHTML={{ __html: refuseEarly }}
        suppressHydrationWarning
      />
      <input type="hidden" name={name} value={value} />
      <a href={keepPath} className="button">
        {keep}
      </a>
      <ConfirmButton pending={pending} describedBy="words">
        {children}
      </ConfirmButton>
    </form>
  );
}
