import { answerCron } from "@/lib/cron-request";
import { sweep } from "@/lib/grants/sweep";

/** For a scheduler: finishes what is pending. `Authorization: Bearer <CRON_SECRET>`, else 401; an unset secret refuses all. */
export function GET(request: Request): Promise<Response> {
  return answerCron(request, "sweep", sweep);
}

export const dynamic = "force-dynamic";
/** Seconds that Vercel lets it run: a sweep begins nothing new after 20, and what it has begun ends within ten more. */
export const maxDuration = 60;
