/** Text as it may stand in HTML, between tags and in quoted attributes. */
export function toHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
