import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { ScopeList } from "@/components/scope-list";
import { toScopeRows } from "@/components/scope-rows";
import { webflowScopes } from "@/lib/webflow/scopes";

function render(ids: readonly string[]): string {
  return renderToStaticMarkup(createElement(ScopeList, { name: "Granted scopes", rows: toScopeRows(ids) }));
}

describe("the list of scopes", () => {
  test("has one item a scope, and every word of the catalogue", () => {
    const html = render(Object.keys(webflowScopes));
    expect(html.match(/<li>/g)).toHaveLength(Object.keys(webflowScopes).length);
    for (const [id, { title, sentence }] of Object.entries(webflowScopes)) {
      expect(html).toContain(`<b>${title}</b> ${sentence} `);
      expect(html).toContain(`<code>${id}</code>`);
    }
  });

  test("is empty without scopes", () => {
    expect(render([])).not.toContain("<li>");
  });

  test("no scope's words hold the signs between words and rows", () => {
    for (const [id, words] of Object.entries(webflowScopes))
      expect([id, ...Object.values(words)].join("")).not.toMatch(/[|\n]/);
  });

  test.each([
    "<img src=x onerror=alert(1)>",
    `" onmouseover="alert(1)`,
    "a|b|<script>|c|d|e|<b>|read",
    "&lt;b&gt;",
  ])("what Webflow named is text, never markup: %s", (id) => {
    const html = render([id]);
    expect(html).not.toMatch(/<img|<script|<b>\||onmouseover="/);
    expect(
      html.replace(/<\/?(ul|li|h4|span|p|b|small|code)( (class|aria-label)="[\w -]*")*>/g, ""),
    ).not.toMatch(/[<>]/);
  });
});
