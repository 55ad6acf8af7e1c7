import type { Metadata } from "next";
import { Article } from "@/components/article";
import { site } from "@/lib/site";

export const metadata: Metadata = { title: "Terms" };

/** A place to fill in before publishing: Webflow's Marketplace asks for terms, and a template cannot know them. */
const sections = [
  ["To be written", "Whoever runs this app puts their terms here before publishing it."],
  [
    "What holds anyway",
    `You decide what this app may do, and can end it at any time. Questions: ${site.supportEmail}.`,
  ],
] as const;

export default function TermsPage() {
  return <Article title="Terms" sections={sections} />;
}
