import { answerInWords } from "@/app/answer-in-words";

/**
 * Where `lib/http-requests.ts` sends what is refused before Next sees it: damaged, too large, or a method that nothing here has;
 * and next.config.mjs a form that no route under /api/ takes.
 */
export function GET(request: Request): Promise<Response> {
  const again = "/";
  switch (new URL(request.url).searchParams.get("status")) {
    case "400":
      return answerInWords(400, "malformed_request", { again });
    case "413":
      return answerInWords(413, "too_large", { again });
    default:
      return answerInWords(405, "malformed_request", { again, headers: { allow: "GET, HEAD" } });
  }
}

export { GET as POST };
