import { z } from "zod";
import { endpoints } from "../domain/endpoints";

const MEGABYTE = 1024 * 1024;
const status = z.int().min(200).max(599);
const bytes = z
  .int()
  .positive()
  .max(1024 * MEGABYTE);

/** Whether the endpoint does its work before it misbehaves: a token can be revoked although the answer is lost. */
const work = z.enum(["skipped", "done"]).default("skipped");

/** Where and how often. `*` is every endpoint of Webflow; once is the default, so that no fault is left behind. */
const where = {
  endpoint: z.enum([...endpoints, "*"]),
  times: z.union([z.literal("once"), z.literal("until_cleared"), z.int().positive()]).default("once"),
};

/** What an endpoint can be told to do instead of answering properly. */
export const faultSpecSchema = z.discriminatedUnion("kind", [
  /** A status with Webflow's own error body, or another text, and any headers (an odd Retry-After). */
  z.strictObject({
    ...where,
    kind: z.literal("status"),
    status,
    body: z.string().optional(),
    headers: z.record(z.string(), z.string()).default({}),
    work,
  }),
  /** The true answer, so many milliseconds late. */
  z.strictObject({ ...where, kind: z.literal("delay"), ms: z.int().nonnegative().max(600_000) }),
  /** No answer, ever: the connection stays open. */
  z.strictObject({ ...where, kind: z.literal("hang"), work }),
  /** The true answer, one byte at a time. */
  z.strictObject({
    ...where,
    kind: z.literal("drip"),
    intervalMs: z.int().positive().max(60_000).default(1_000),
  }),
  /** The connection is reset (TCP RST) without an answer. */
  z.strictObject({ ...where, kind: z.literal("reset"), work }),
  /** The first half of the true answer, in a well-formed HTTP message. */
  z.strictObject({ ...where, kind: z.literal("half_json") }),
  /** The first half of the true answer, then the connection is cut. */
  z.strictObject({ ...where, kind: z.literal("cut") }),
  /** A web page, as a load balancer sends one. */
  z.strictObject({
    ...where,
    kind: z.literal("html"),
    status: status.default(502),
    bytes: bytes.default(1_000),
    work,
  }),
  /** A body without end in sight, 200 MB unless told. */
  z.strictObject({ ...where, kind: z.literal("huge"), bytes: bytes.default(200 * MEGABYTE), work }),
  /** A small compressed body that unpacks to 200 MB unless told. */
  z.strictObject({ ...where, kind: z.literal("gzip_bomb"), bytes: bytes.default(200 * MEGABYTE), work }),
  z.strictObject({
    ...where,
    kind: z.literal("redirect"),
    location: z.string().min(1),
    status: status.default(302),
    work,
  }),
  /** The true answer with every value replaced by one of another type. */
  z.strictObject({ ...where, kind: z.literal("wrong_types") }),
  /** Any JSON at all: a didRevoke of 1, a 200 with an error, an empty object. */
  z.strictObject({
    ...where,
    kind: z.literal("json"),
    body: z.unknown().refine((body) => body !== undefined, "a body is needed, null at least"),
    status: status.default(200),
    work,
  }),
]);

/** A fault as a test writes it; everything with a default may be left out. */
export type FaultSpec = z.input<typeof faultSpecSchema>;

type WithoutEndpoint<Spec> = Spec extends unknown ? Omit<Spec, "endpoint"> : never;

/** A fault whose endpoint is still open, for tables of cases: a plain Omit would lose the details of each kind. */
export type FaultAnywhere = WithoutEndpoint<FaultSpec>;

export type ParsedFaultSpec = z.output<typeof faultSpecSchema>;
export type FaultKind = ParsedFaultSpec["kind"];
