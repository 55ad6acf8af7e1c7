/**
 * Somebody's name inside our sentence, between Unicode's isolates (FSI, PDI): one that runs right to left, or holds signs that
 * turn the direction, then cannot turn our words around. A sign inside that would end the isolate goes:
 * what was stored before such signs were taken out (lib/webflow/text.ts) may have one.
 */
export function isolate(name: string): string {
  return `\u2068${name.replace(/[\u2066-\u2069]/g, "")}\u2069`;
}
