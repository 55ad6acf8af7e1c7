import { answerInWords } from "@/app/answer-in-words";
import { log } from "@/lib/log";

/**
 * Where `lib/http-requests.ts` sends what is refused before Next sees it: damaged, too large, a method that nothing here has, or, in
 * development, from elsewhere; next.config.mjs a form that no route under /api/ takes; and `app/act-in-words.ts` what failed here.
 */
export function GET(request: Request): Promise<Response> {
  const again = "/";
  switch (new URL(request.url).searchParams.get("status")) {
    case "400":
      return answerInWords(400, "malformed_request", { again });
    case "403":
      return answerInWords(403, "cross_origin", { again });
    case "413":
      return answerInWords(413, "too_large", { again });
    case "503":
      log.info("error_page", { code: "not_done" });
      return answerInWords(503, "not_done", { again: "/dashboard" });
    default:
      return answerInWords(405, "malformed_request", { again, headers: { allow: "GET, HEAD" } });
  }
}

export { GET as POST };
