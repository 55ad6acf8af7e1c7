import type { Page } from "@playwright/test";
import { expect, test } from "../support/fixtures";
import { pages } from "../support/pages";
import { connect, follow, hydrated } from "./journeys";

const isPrivate = (path: string) => path.startsWith("/dashboard");
const publicPages = pages.filter((path) => !isPrivate(path));
const privatePages = pages.filter((path) => isPrivate(path) && !path.includes("[id]"));

/** What of that which can be seen has moved by itself since the page began, from where to where (Layout Instability). */
function layoutShifts(page: Page): Promise<string[]> {
  return page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const moved: string[] = [];
        const observer = new PerformanceObserver((list) => add(list.getEntries()));
        observer.observe({ type: "layout-shift", buffered: true });
        // Two frames later everything that the page has done is drawn, and told.
        requestAnimationFrame(() =>
          requestAnimationFrame(() => {
            add(observer.takeRecords());
            resolve(moved);
          }),
        );
        function add(entries: PerformanceEntryList) {
          for (const entry of entries) moved.push(JSON.stringify(entry));
        }
      }),
  );
}

test("no page loads a font, and nothing moves while one loads, wide or narrow", async ({
  page,
  emulator,
}) => {
  const fonts: string[] = [];
  page.on("request", (request) => {
    if (request.resourceType() === "font") fonts.push(request.url());
  });
  const shifts: Record<string, string[]> = {};
  const look = async (paths: string[]) => {
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto("/");
      for (const path of paths) {
        await follow(page, path);
        await hydrated(page);
        shifts[`${path} at ${width}`] = await layoutShifts(page);
      }
    }
  };
  await look(publicPages);
  await connect(page, emulator);
  await look(privatePages);
  expect(Object.entries(shifts).filter(([, moved]) => moved.length > 0)).toEqual([]);
  expect(Object.keys(shifts)).toHaveLength(2 * (publicPages.length + privatePages.length));
  expect(fonts).toEqual([]);
});

test("nothing moves on a page that arrives in pieces", async ({ page, emulator }) => {
  await connect(page, emulator);
  await page.setViewportSize({ width: 320, height: 900 });
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  await network.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    uploadThroughput: -1,
    downloadThroughput: 3000,
  });
  // Pages short enough that their footer is in sight. What styles them is there already, as on any second page.
  for (const path of ["/terms", "/sign-in", "/dashboard/activity"]) {
    await page.goto(path);
    expect(await layoutShifts(page), path).toEqual([]);
    const arrived = await page.evaluate(() => {
      const [navigation] = performance.getEntriesByType("navigation");
      return navigation instanceof PerformanceNavigationTiming
        ? navigation.responseEnd - navigation.responseStart
        : 0;
    });
    expect(arrived, `milliseconds in which ${path} arrived`).toBeGreaterThan(1000);
  }
});

test("the measure of what moves sees what moves", async ({ page }) => {
  await page.goto("/terms", { waitUntil: "networkidle" });
  await page.evaluate(() => {
    const late = document.createElement("div");
    late.append(...Array.from({ length: 20 }, () => document.createElement("br")));
    document.body.prepend(late);
  });
  expect(await layoutShifts(page)).not.toEqual([]);
});

test("files that are named by their content are kept for a year, pages are kept by nobody", async ({
  page,
  emulator,
}) => {
  await connect(page, emulator);
  const kept = new Map<string, string>();
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    kept.set(pathname, response.headers()["cache-control"] ?? "");
  });
  await page.goto("/dashboard", { waitUntil: "networkidle" });
  const files = [...kept].filter(([path]) => path.startsWith("/_next/static/"));
  expect(files.length).toBeGreaterThan(3);
  for (const [path, header] of files) expect(header, path).toBe("public, max-age=31536000, immutable");
  expect(kept.get("/dashboard")).toContain("no-store");
});

test("a link to this app comes with a picture that is there, and one to somebody's own page tells nothing", async ({
  page,
  emulator,
  stack,
}) => {
  const told = async () =>
    Object.fromEntries(
      await page.$$eval("meta[property^='og:'], meta[name^='twitter:']", (tags) =>
        tags.map((tag) => [
          tag.getAttribute("property") ?? tag.getAttribute("name"),
          tag.getAttribute("content"),
        ]),
      ),
    );
  const picture = `${stack.app.origin}/opengraph-image.png`;
  for (const path of ["/", "/sign-in"]) {
    await page.goto(path);
    expect(await told(), path).toMatchObject({
      "og:image": picture,
      "og:image:width": "1200",
      "og:image:height": "630",
      "og:image:alt": expect.stringContaining("Disconnect"),
      "twitter:image": picture,
      "twitter:card": "summary_large_image",
    });
  }
  const size = await page.evaluate(async (src) => {
    const image = new Image();
    image.src = src;
    await image.decode();
    return [image.naturalWidth, image.naturalHeight];
  }, picture);
  expect(size).toEqual([1200, 630]);
  await connect(page, emulator);
  expect(await told()).toEqual({});
});
