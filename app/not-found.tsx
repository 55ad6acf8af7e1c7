import type { Metadata } from "next";
import { requestId } from "@/lib/request-id";
import { NoSuchPage } from "./no-such-page";

export const metadata: Metadata = { title: "Page not found" };

export default async function NotFound() {
  return <NoSuchPage id={await requestId()} />;
}
