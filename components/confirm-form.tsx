import { headers } from "next/headers";
import type { ComponentProps } from "react";
import { nonceOf } from "@/lib/content-security-policy";
import { holdButton } from "./button-held";
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
      {/* Before the button is there, and long before React. Browsers show nobody the nonce; the script marks itself, for the effect. */}
      <script
        nonce={nonce}
        // biome-ignore lint/security/noDangerouslySetInnerHtml: a function of ours, nothing in it is anybody's input.
        dangerouslySetInnerHTML={{ __html: `(${holdButton})();document.currentScript.dataset.holds=""` }}
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
