import { sendTo } from "@/lib/auth/callback";
import { env } from "@/lib/env";
import { answerLook, isVisit } from "@/lib/visit";

/**
 * Where signing out ends: at the first page, loaded anew. Next looks ahead for the page to show in the old one's place, whose
 * document still holds what it was made of; it finds none here, so the browser goes itself, and the document goes.
 */
export function GET(request: Request): Response {
  return isVisit(request) ? sendTo(new URL("/", env().AUTH_URL)) : answerLook();
}
