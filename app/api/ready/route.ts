import { isReady } from "@/lib/grants/ready";

/** 200 when the database answers and every sealed token's key is there, else 503. */
export async function GET(): Promise<Response> {
  const ready = await isReady();
  const headers = { "cache-control": "no-store" };
  return Response.json({ status: ready ? "ready" : "not ready" }, { status: ready ? 200 : 503, headers });
}

export const dynamic = "force-dynamic";
