/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { Environment } from "../routes/environment";
import { renderPage } from "./layout";

/** A page that says one thing, such as why an authorize link was refused. */
export function messagePage(c: Context<Environment>, status: 400 | 404, title: string, detail: string) {
  return renderPage(c, status, {
    title,
    path: c.req.path,
    children: (
      <section class="card" role="alert">
        <h1>{title}</h1>
        <p>{detail}</p>
      </section>
    ),
  });
}
