import { Readable } from "node:stream";
import type { HttpBindings } from "@hono/node-server";
import { statusBody } from "../routes/api-errors";
import { gzipBomb, htmlPage, hugeJson, withWrongTypes } from "./bodies";
import type { ParsedFaultSpec } from "./spec";

type ServerResponse = HttpBindings["outgoing"];

/** What the server layer is told when the answer is (or never will be) written past it. */
function alreadySent(): Response {
  return new Response(null, { headers: { "x-hono-already-sent": "true" } });
}

/** The true answer with another body; whatever length it had is no longer right. */
function withBody(answer: Response, body: BodyInit): Response {
  const headers = new Headers(answer.headers);
  headers.delete("content-length");
  return new Response(body, { status: answer.status, headers });
}

function firstHalf(bytes: Buffer): Buffer<ArrayBuffer> {
  return Buffer.from(bytes.subarray(0, Math.ceil(bytes.length / 2)));
}

function drip(
  outgoing: ServerResponse,
  status: number,
  headers: Headers,
  answer: Buffer,
  interval: number,
): void {
  outgoing.writeHead(status, { ...Object.fromEntries(headers), "content-length": answer.length });
  outgoing.flushHeaders();
  let sent = 0;
  const timer = setInterval(() => {
    outgoing.write(answer.subarray(sent, sent + 1));
    sent += 1;
    if (sent >= answer.length) outgoing.end();
  }, interval);
  for (const event of ["close", "finish"]) outgoing.once(event, () => clearInterval(timer));
}

function cut(outgoing: ServerResponse, status: number, headers: Headers, answer: Buffer): void {
  outgoing.writeHead(status, { ...Object.fromEntries(headers), "content-length": answer.length });
  outgoing.write(firstHalf(answer), () => outgoing.destroy());
}

function streamHuge(outgoing: ServerResponse, bytes: number): void {
  outgoing.writeHead(200, { "content-type": "application/json" });
  const source = Readable.from(hugeJson(bytes));
  outgoing.once("close", () => source.destroy());
  source.pipe(outgoing);
}

export interface Misbehaved {
  response: Response;
  /** The status that reached the wire, or null when none did. */
  status: number | null;
}

const silence = (): Misbehaved => ({ response: alreadySent(), status: null });
const written = (status: number): Misbehaved => ({ response: alreadySent(), status });
const answered = (response: Response): Misbehaved => ({ response, status: response.status });

/** Spoils one answer. `answer` is the true one, for the kinds that pass on a part of it. */
export async function misbehave(
  fault: ParsedFaultSpec,
  answer: Response,
  outgoing: ServerResponse,
): Promise<Misbehaved> {
  switch (fault.kind) {
    case "status": {
      const body = fault.body ?? statusBody(fault.status);
      const type = fault.body === undefined ? "application/json" : "text/plain; charset=utf-8";
      const hasBody = fault.status !== 204 && fault.status !== 304;
      return answered(
        new Response(hasBody ? body : null, {
          status: fault.status,
          headers: { ...(hasBody ? { "content-type": type } : {}), ...fault.headers },
        }),
      );
    }
    case "delay":
      await new Promise((resolve) => setTimeout(resolve, fault.ms).unref());
      return answered(answer);
    case "hang":
      return silence();
    case "reset":
      outgoing.socket?.resetAndDestroy();
      return silence();
    case "drip":
      drip(
        outgoing,
        answer.status,
        answer.headers,
        Buffer.from(await answer.arrayBuffer()),
        fault.intervalMs,
      );
      return written(answer.status);
    case "half_json":
      return answered(withBody(answer, firstHalf(Buffer.from(await answer.arrayBuffer()))));
    case "cut":
      cut(outgoing, answer.status, answer.headers, Buffer.from(await answer.arrayBuffer()));
      return written(answer.status);
    case "html":
      return answered(
        new Response(htmlPage(fault.bytes), {
          status: fault.status,
          headers: { "content-type": "text/html" },
        }),
      );
    case "huge":
      streamHuge(outgoing, fault.bytes);
      return written(200);
    case "gzip_bomb":
      return answered(
        new Response(gzipBomb(fault.bytes), {
          headers: { "content-type": "application/json", "content-encoding": "gzip" },
        }),
      );
    case "redirect":
      return answered(new Response(null, { status: fault.status, headers: { location: fault.location } }));
    case "wrong_types":
      // A page or a redirect has no types to get wrong.
      if (!answer.headers.get("content-type")?.includes("json")) return answered(answer);
      return answered(withBody(answer, JSON.stringify(withWrongTypes(await answer.json()))));
    case "json":
      return answered(Response.json(fault.body, { status: fault.status }));
  }
}

/** Whether the endpoint does its work although its answer is spoilt. */
export function doesItsWork(fault: ParsedFaultSpec): boolean {
  return !("work" in fault) || fault.work === "done";
}
