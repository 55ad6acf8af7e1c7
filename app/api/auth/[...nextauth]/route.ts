import type { NextRequest } from "next/server";
import { handleCallback, withOwnOrigin } from "@/lib/auth/callback";
import { handlers } from "@/lib/auth/config";
import { handleSignInPost } from "@/lib/auth/sign-in-post";

const callbackPath = "/api/auth/callback/webflow";

export function GET(request: NextRequest): Promise<Response> {
  return request.nextUrl.pathname === callbackPath
    ? handleCallback(request)
    : handlers.GET(withOwnOrigin(request));
}

export function POST(request: NextRequest): Promise<Response> {
  return handleSignInPost(request);
}
