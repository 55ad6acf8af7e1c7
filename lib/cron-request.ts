import "server-only";
import { createHash, timingSafeEqual } from "node:crypto";
import { isDatabaseError } from "@/lib/db";
import { env } from "@/lib/env";
import { errorName, log } from "@/lib/log";
import { takeFromLimit } from "@/lib/rate-limit";

/** Compares hashes, so that neither content nor length shows in the time taken. An unset secret refuses all. */
function isAuthorized(header: string | null): boolean {
  const { CRON_SECRET } = env();
  if (!CRON_SECRET || !header) return false;
  const [given, wanted] = [header, `Bearer ${CRON_SECRET}`].map((value) =>
    createHash("sha256").update(value).digest(),
  );
  return given !== undefined && wanted !== undefined && timingSafeEqual(given, wanted);
}

/**
 * Answers a request of a scheduler or an operator with what `work` answers, as JSON. `Authorization: Bearer <CRON_SECRET>`,
 * else 401; too often, 429; without the database, 503.
 *
 * @param name what is asked for: each has a limit of its own
 */
export async function answerCron(
  request: Request,
  name: "sweep" | "keys",
  work: () => Promise<object>,
): Promise<Response> {
  const headers = { "cache-control": "no-store" };
  if (!isAuthorized(request.headers.get("authorization"))) {
    return Response.json({ error: "unauthorized" }, { status: 401, headers });
  }
  const limit = await takeFromLimit("cron", name);
  if (!limit.allowed) {
    const retry = { "retry-after": `${limit.retryAfterSeconds}` };
    return Response.json({ error: "too_many_requests" }, { status: 429, headers: { ...headers, ...retry } });
  }
  try {
    return Response.json(await work(), { headers });
  } catch (error) {
    if (!isDatabaseError(error)) throw error;
    log.error("cron_unavailable", { code: name, error: errorName(error) });
    return Response.json({ error: "unavailable" }, { status: 503, headers });
  }
}
