import "server-only";
import type { WebflowClient } from "webflow-api";
import { z } from "zod";
import { env } from "@/lib/env";
import { retryAfterSeconds, WebflowUnavailable, webflowFetch } from "./http";

/** Why Webflow did not do what a call of the Data API asked, as a closed list that a page can act on. */
export type WebflowRefusal =
  /** 401. Ambiguous on a resource: only introspect proves a token dead. */
  | { kind: "unauthorized" }
  /** 403: the person did not allow this. Ask for these scopes. */
  | { kind: "missing_scopes"; scopes: string[] }
  /** 429: this token has had its requests of the minute. */
  | { kind: "rate_limited"; retryAfterSeconds: number }
  /** Any other 4xx: about this request (400, 404, 409), not about the connection. */
  | { kind: "refused"; status: number }
  /** No answer in time, 5xx, or one that cannot be used. */
  | { kind: "unavailable" };

export type WebflowAnswer<T> = { kind: "ok"; value: T } | WebflowRefusal;

/** For one request of the SDK. A page of a hundred CMS items is some hundred kilobytes. */
const limits = { deadlineMs: 10_000, maxBytes: 4 * 1024 * 1024 };
/** Webflow's limit is per minute; it says so in Retry-After. */
const defaultRetryAfterSeconds = 60;
const longestRetryAfterSeconds = 3_600;

/**
 * Does some work with Webflow's official Data API client and turns whatever goes wrong into one of our own answers. Each
 * request has a deadline and a size limit; nothing is retried, because a person is waiting. The SDK (20 MB) is loaded at
 * the first call.
 *
 * Webflow's answers are typed by the SDK but not checked by it: what is shown or stored is parsed inside `work`; a zod
 * error there counts as `unavailable`. What else `work` throws goes through.
 */
export async function withWebflowClient<T>(
  token: string,
  work: (client: WebflowClient) => Promise<T>,
): Promise<WebflowAnswer<T>> {
  const { WebflowClient, WebflowError } = await loadSdk();
  const client = new WebflowClient({
    accessToken: token,
    baseUrl: new URL("/v2", env().WEBFLOW_API_URL).href,
    maxRetries: 0,
  });
  try {
    return { kind: "ok", value: await work(client) };
  } catch (error) {
    if (error instanceof z.ZodError) return { kind: "unavailable" };
    if (error instanceof WebflowError) return toRefusal(error);
    throw error;
  }
}

const errorBody = z.object({ code: z.string(), message: z.string() }).partial().catch({});

function toRefusal(error: {
  statusCode?: number;
  body?: unknown;
  rawResponse?: { headers: { get(name: string): string | null } };
}): WebflowRefusal {
  const { statusCode: status = 0, rawResponse } = error;
  if (status === 401) return { kind: "unauthorized" };
  if (status === 429) {
    const seconds = (rawResponse && retryAfterSeconds(rawResponse)) || defaultRetryAfterSeconds;
    return { kind: "rate_limited", retryAfterSeconds: Math.min(seconds, longestRetryAfterSeconds) };
  }
  const { code, message = "" } = errorBody.parse(error.body);
  if (status === 403 && (code === "missing_scopes" || message.includes("missing the following scopes"))) {
    const listed = message.split(" - ").at(-1) ?? "";
    return { kind: "missing_scopes", scopes: listed.match(/\b[a-z_]+:(?:read|write)\b/g) ?? [] };
  }
  return status >= 400 && status < 500 ? { kind: "refused", status } : { kind: "unavailable" };
}

type Sdk = typeof import("webflow-api");
let sdk: Promise<Sdk> | undefined;

function loadSdk(): Promise<Sdk> {
  sdk ??= boundSdk();
  return sdk;
}

/**
 * The SDK has no option for its `fetch`, and its own time-out ends with the headers. It asks one module for the function, at
 * every request: there it gets ours. Should an update move that module, this throws and its tests fail.
 */
async function boundSdk(): Promise<Sdk> {
  const seam: unknown = await import("webflow-api/core/fetcher/getFetchFn.js");
  const exported = hasDefault(seam) ? seam.default : seam;
  if (!isFetchSource(exported))
    throw new Error("webflow-api keeps its fetch elsewhere: see lib/webflow/client.ts");
  exported.getFetchFn = async () => boundedFetch;
  return import("webflow-api");
}

/**
 * The Data API answers JSON, or to a change nothing (204); a web page with status 200 is an outage that the SDK would take for data.
 * An error may come from whatever stands between: its status is enough, but the SDK throws at one without Webflow's own body.
 */
async function boundedFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await webflowFetch(input, init, limits);
  const { status, ok, body } = response;
  if (ok && body === null && init?.method !== "GET") return response;
  const text = await response.text();
  const isReadable = isForSdk(text);
  if (status < 400 && !(ok && isReadable))
    throw new WebflowUnavailable("Webflow did not answer JSON that its SDK can read");
  const headers = new Headers(response.headers);
  headers.set("content-type", "application/json");
  return new Response(isReadable ? text : "{}", { status, headers });
}

/** Entries of a list, were it the only one. The SDK takes the square of them in time: a tenth of a second for so many, minutes for what `limits` lets through. */
const longestList = 10_000;

/** A JSON object without a name that every object has, because the SDK would throw at a CMS field that is called `constructor`, and without endless lists. */
function isForSdk(text: string): boolean {
  let squares = 0;
  try {
    const value: unknown = JSON.parse(text, (name, inside) => {
      if (name in Object.prototype) throw new SyntaxError("a name that every object has");
      if (Array.isArray(inside)) squares += inside.length ** 2;
      if (squares > longestList ** 2) throw new SyntaxError("lists without end");
      return inside;
    });
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

function hasDefault(value: unknown): value is { default: unknown } {
  return typeof value === "object" && value !== null && "default" in value;
}

function isFetchSource(value: unknown): value is { getFetchFn: () => Promise<typeof fetch> } {
  return (
    typeof value === "object" &&
    value !== null &&
    "getFetchFn" in value &&
    typeof value.getFetchFn === "function"
  );
}
