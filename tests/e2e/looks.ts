import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** Light and dark, wide and narrow: colours depend on the one, arrangement on the other. */
const looks = [
  { colorScheme: "light", width: 1280 },
  { colorScheme: "dark", width: 320 },
] as const;

/** What is open is as accessible and fits as well in the dark on a small phone as in the light on a desk. */
export async function expectGoodLooks(page: Page): Promise<void> {
  for (const { colorScheme, width } of looks) {
    // Without motion colours change at once: half-way through they have no contrast.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height: 900 });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
      page.url(),
    ).toEqual([]);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, `sideways scrolling on ${page.url()} at ${width}`).toBe(0);
  }
}

/** Collects what a browser complains about: script errors, violations of the Content Security Policy, what did not load. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (/Content Security Policy|hydrat/i.test(message.text())) complaints.push(message.text());
  });
  page.on("requestfailed", (request) => {
    // A page that is left takes its unfinished requests along.
    if (request.failure()?.errorText !== "net::ERR_ABORTED") complaints.push(request.url());
  });
  return complaints;
}
