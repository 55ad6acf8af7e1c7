export { proxy } from "@/proxy";

/** The same page once inside the app's layout and behind its proxy, as in the app's own build, once without. */
export const config = { matcher: ["/framed", "/x/:path*"] };
