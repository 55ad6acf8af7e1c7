"use client";

import { rememberLast } from "@/lib/remember-last";
import { toHtml } from "@/lib/to-html";
import type { ScopeRows } from "./scope-rows";

const words: Readonly<Record<string, string>> = {
  low: "Low risk",
  medium: "Medium risk",
  high: "High risk",
  read: "Read",
  write: "Change",
};

interface ScopeListProps {
  /** The accessible name of the list. */
  name: string;
  /** From `toScopeRows`. */
  rows: ScopeRows;
  /** What holds a group's name: a heading under "What this app may do", or just text in an example. */
  groupTag?: "h4" | "p";
}

/**
 * Scopes in plain words, one list item each. A group's name sits in its first item, so that a screen reader hears one
 * list with as many items as there are scopes. Reading and changing differ in word, drawing, shape and colour.
 *
 * A client component for the reason that `ConnectionCard` gives. The items are half of what is on a dashboard and never
 * change while somebody looks: written as HTML, with every word escaped, React has one element to care for and not 200.
 */
export function ScopeList({ name, rows, groupTag = "h4" }: ScopeListProps) {
  const items = itemsWith[groupTag](rows);
  // biome-ignore lint/security/noDangerouslySetInnerHtml: escaped, see above.
  return <ul aria-label={name} className="scopes" dangerouslySetInnerHTML={{ __html: items }} />;
}

const itemsWith = {
  h4: rememberLast((rows) => toItems(rows, "h4")),
  p: rememberLast((rows) => toItems(rows, "p")),
};

function toItems(rows: ScopeRows, groupTag: string): string {
  if (!rows) return "";
  return toHtml(rows)
    .split("\n")
    .map((row) => toItem(row, groupTag))
    .join("");
}

/** @param row escaped */
function toItem(row: string, groupTag: string): string {
  const [subject, id, access = "", title, sentence, care = ""] = row.split("|");
  const group = subject && `<${groupTag} class="subject">${subject}</${groupTag}>`;
  return `<li>${group}<span class="chip ${access} icon-${access}">${words[access]}</span><p><b>${title}</b> ${sentence} <small class="${care}"><code>${id}</code> · ${words[care]}</small></p></li>`;
}
