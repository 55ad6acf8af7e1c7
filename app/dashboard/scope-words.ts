import { describeScope } from "@/lib/webflow/scopes";

/** A scope inside a sentence: "read sites (sites:read)"; of an unknown one the id alone. */
export function nameScope(id: string): string {
  const { access, title, subject } = describeScope(id);
  return subject === "other" ? id : `${access === "read" ? "read" : "change"} ${inSentence(title)} (${id})`;
}

/** The same words in the middle of a sentence; "CMS items" stays as it is. */
export function inSentence(words: string): string {
  return /^[A-Z][a-z]/.test(words) ? words.charAt(0).toLowerCase() + words.slice(1) : words;
}
