import { createHash, timingSafeEqual } from "node:crypto";
import { env } from "@/lib/env";
import { sweep } from "@/lib/grants/sweep";
import { takeFromLimit } from "@/lib/rate-limit";

/** Compares hashes, so that neither content nor length shows in the time taken. */
function isAuthorized(header: string | null): boolean {
  const { CRON_SECRET } = env();
  if (!CRON_SECRET || !header) return false;
  const [given, wanted] = [header, `Bearer ${CRON_SECRET}`].map((value) =>
    createHash("sha256").update(value).digest(),
  );
  return given !== undefined && wanted !== undefined && timingSafeEqual(given, wanted);
}

/** For a scheduler: finishes what is pending. `Authorization: Bearer <CRON_SECRET>`, else 401; an unset secret refuses all. */
export async function GET(request: Request): Promise<Response> {
  const headers = { "cache-control": "no-store" };
  if (!isAuthorized(request.headers.get("authorization"))) {
    return Response.json({ error: "unauthorized" }, { status: 401, headers });
  }
  const answer = await takeFromLimit("cron", "sweep");
  if (!answer.allowed) {
    const retry = { "retry-after": `${answer.retryAfterSeconds}` };
    return Response.json({ error: "too_many_requests" }, { status: 429, headers: { ...headers, ...retry } });
  }
  return Response.json(await sweep(), { headers });
}

export const dynamic = "force-dynamic";
