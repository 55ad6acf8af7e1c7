import { z } from "zod";
import { answerCron } from "@/lib/cron-request";
import { resealBatch } from "@/lib/grants/reseal";

/** For `npm run keys:rotate`: seals one batch of tokens anew with the first of TOKEN_KEYS. `?after=` is the answer's `next`. */
export function POST(request: Request): Promise<Response> {
  const after = z.uuid().safeParse(new URL(request.url).searchParams.get("after"));
  return answerCron(request, "keys", () => resealBatch(after.data ?? null));
}
