import { type IncomingHttpHeaders, request } from "node:http";
import type { AppProcess } from "./app";
import { elementsOf, formsOf, type HtmlForm, textOf } from "./html";

/** One answer of the app, as it came over the wire. */
export interface Visit {
  method: string;
  url: string;
  startedAt: Date;
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Where a browser ended: a page of the app, or an address elsewhere that the app sent it to. */
export interface Page {
  url: URL;
  status: number;
  html: string;
  text: string;
}

type Instance = Pick<AppProcess, "origin">;

export interface BrowserOptions {
  /** The app's public origin: every cookie, Host and Origin is for it, whichever instance answers. */
  origin: string;
  /** Which instance answers, as a load balancer would choose it. */
  instance: Instance;
  /** Sees every answer before the browser goes on. */
  onVisit?: (visit: Visit, browser: HttpBrowser) => Promise<void>;
}

const patience = 30_000;
const mostRedirects = 10;

/** A browser without JavaScript: cookies, redirects and forms. Far faster than a real one, and speaks to any instance. */
export class HttpBrowser {
  readonly cookies = new Map<string, string>();
  /** The page that it shows. */
  page: Page | undefined;
  instance: Instance;
  readonly #origin: string;
  readonly #onVisit: BrowserOptions["onVisit"];

  constructor({ origin, instance, onVisit }: BrowserOptions) {
    this.#origin = origin;
    this.instance = instance;
    this.#onVisit = onVisit;
  }

  /** Opens an address and follows redirects, up to the first that leads elsewhere. */
  open(address: string | URL): Promise<Page> {
    return this.#go("GET", new URL(address, this.#origin));
  }

  /** Presses the first button with this name on the page that it shows. */
  async press(button: string): Promise<Page> {
    const { page, form } = this.#find(button);
    const target = new URL(form.action || page.url, page.url);
    if (form.method === "post")
      return this.#go("POST", target, form.isMultipart ? toFormData(form) : new URLSearchParams(form.fields));
    for (const [name, value] of form.fields) target.searchParams.append(name, value);
    return this.#go("GET", target);
  }

  /** What pressing that button would send, for a request that is not quite what a browser does. */
  formData(button: string, page = this.page): FormData {
    return toFormData(this.#find(button, page).form);
  }

  #find(button: string, page = this.page): { page: Page; form: HtmlForm } {
    const form = formsOf(page?.html ?? "").find(({ buttons }) => buttons.includes(button));
    if (page && form) return { page, form };
    throw new Error(`There is no button "${button}" on ${page?.url}: ${page?.text.slice(0, 300)}`);
  }

  /** One request, no redirects followed, with these headers beside those that a browser sends; undefined: without that one. */
  async send(
    method: string,
    url: URL,
    {
      body,
      headers = {},
    }: { body?: FormData | URLSearchParams | string; headers?: Record<string, string | undefined> } = {},
  ): Promise<Visit> {
    const encoded = body === undefined ? undefined : new Response(body);
    const bytes = encoded && Buffer.from(await encoded.arrayBuffer());
    const type = encoded?.headers.get("content-type");
    const startedAt = new Date();
    const visit = await exchange(new URL(this.instance.origin), {
      method,
      path: `${url.pathname}${url.search}`,
      bytes,
      headers: {
        host: url.host,
        accept: "text/html",
        ...(this.cookies.size > 0 ? { cookie: this.cookieHeader() } : {}),
        ...(type ? { "content-type": type } : {}),
        ...(method === "POST" ? { origin: this.#origin } : {}),
        ...headers,
      },
    });
    this.#keepCookies(visit.headers["set-cookie"] ?? []);
    const seen = { ...visit, method, url: url.href, startedAt };
    await this.#onVisit?.(seen, this);
    return seen;
  }

  cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  async #go(method: string, url: URL, body?: FormData | URLSearchParams): Promise<Page> {
    let visit = await this.send(method, url, { body });
    for (let count = 0; count < mostRedirects; count++) {
      const { location } = visit.headers;
      if (!location || visit.status < 300 || visit.status > 399) break;
      const next = new URL(location, url);
      if (next.origin !== this.#origin) {
        this.page = { url: next, status: visit.status, html: "", text: "" };
        return this.page;
      }
      url = next;
      visit = await this.send("GET", url);
    }
    this.page = { url, status: visit.status, html: visit.body, text: textOf(visit.body) };
    return this.page;
  }

  #keepCookies(lines: string[]): void {
    for (const line of lines) {
      const [pair = "", ...attributes] = line.split(/;\s*/);
      const [name = "", ...value] = pair.split("=");
      const given = new Map(
        attributes.map((attribute): [string, string] => {
          const [key = "", when = ""] = attribute.split("=");
          return [key.toLowerCase(), when];
        }),
      );
      // Max-Age goes before Expires (RFC 6265 5.3).
      const [maxAge, expires] = [given.get("max-age"), given.get("expires")];
      const gone = maxAge !== undefined ? Number(maxAge) <= 0 : Date.parse(expires ?? "") <= Date.now();
      if (gone) this.cookies.delete(name);
      else this.cookies.set(name, value.join("="));
    }
  }
}

/**
 * Presses Connect where a person finds it: on the page to sign in or, where that says that they are signed in, on their dashboard.
 * Answers Webflow's consent page.
 */
export async function pressConnect(browser: HttpBrowser): Promise<Page> {
  const offeredOn = ({ html }: Page) =>
    formsOf(html)
      .flatMap(({ buttons }) => buttons)
      .find((button) => /^Connect (Webflow|another workspace)$/.test(button));
  const button = offeredOn(await browser.open("/sign-in")) ?? offeredOn(await browser.open("/dashboard"));
  return browser.press(button ?? "Connect Webflow");
}

function toFormData({ fields }: HtmlForm): FormData {
  const data = new FormData();
  for (const [name, value] of fields) data.append(name, value);
  return data;
}

/** Whether a page gives a person words and a way on. */
export function helps({ html }: Pick<Page, "html">): boolean {
  const says = textOf(elementsOf(html, "h1")[0] ?? "").length > 0;
  const leadsOn = elementsOf(html, "a").length > 0 || formsOf(html).length > 0;
  return says && leadsOn;
}

function exchange(
  instance: URL,
  options: {
    method: string;
    path: string;
    headers: Record<string, string | undefined>;
    bytes: Buffer | undefined;
  },
): Promise<Pick<Visit, "status" | "headers" | "body">> {
  const { method, path, bytes } = options;
  const headers = Object.fromEntries(
    Object.entries(options.headers).filter(([, value]) => value !== undefined),
  );
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        hostname: "127.0.0.1",
        port: instance.port,
        method,
        path,
        headers: { ...headers, ...(bytes ? { "content-length": bytes.length } : {}) },
        agent: false,
        signal: AbortSignal.timeout(patience),
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: Buffer.concat(chunks).toString("utf8"),
          }),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(bytes);
  });
}
