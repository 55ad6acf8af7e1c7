/**
 * Somebody's name inside our sentence, between Unicode's isolates (FSI, PDI): one that runs right to left then cannot turn our words
 * around. Signs that would end the isolate are in no name (lib/webflow/text.ts).
 */
export function isolate(name: string): string {
  return `\u2068${name}\u2069`;
}
