import { answerInWords } from "@/app/answer-in-words";

/** Where `lib/http-requests.ts` sends what is refused before Next sees it: too large, or a method that nothing here has. */
export function GET(request: Request): Promise<Response> {
  const again = "/";
  return new URL(request.url).searchParams.get("status") === "413"
    ? answerInWords(413, "too_large", { again })
    : answerInWords(405, "malformed_request", { again, headers: { allow: "GET, HEAD" } });
}
