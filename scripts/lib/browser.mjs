import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { installPackage } from "./apt.mjs";
import { Problem, step } from "./terminal.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];
const APPLICATIONS = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  join(process.env.ProgramFiles ?? "C:\\Program Files", "Google\\Chrome\\Application\\chrome.exe"),
];
/** Where Playwright downloads from, and how long its host may take to answer, in milliseconds. */
const DOWNLOADS = "https://cdn.playwright.dev";
const DOWNLOADS_PATIENCE = 10_000;

/**
 * Finds a Chromium for the browser tests, or installs one: PLAYWRIGHT_CHROMIUM_PATH, Playwright's own, one of the
 * system, Playwright's download, Debian's package.
 * @param {string} root
 * @param {import("./processes.mjs").Processes} processes
 * @returns {Promise<string>} the path of an executable that runs
 * @throws {Problem} that lists what was tried
 */
export async function findBrowser(root, processes) {
  const configured = process.env.PLAYWRIGHT_CHROMIUM_PATH;
  if (configured) {
    const failure = whyNot(configured);
    if (failure)
      throw new Problem(`PLAYWRIGHT_CHROMIUM_PATH (${configured}) ${failure}: mend it, or leave it out.`);
    return configured;
  }
  /** @type {string[]} */
  const tried = ["PLAYWRIGHT_CHROMIUM_PATH is not set"];
  const found = (await playwrightsOwn(tried)) ?? systemBrowser(tried);
  if (found) return found;
  for (const install of [installWithPlaywright, installWithApt]) {
    await install(root, processes, tried);
    const path = (await playwrightsOwn([])) ?? systemBrowser([]);
    if (path) return path;
  }
  throw new Problem(
    `No browser for the browser tests. Tried:\n${tried.map((line) => `  - ${line}`).join("\n")}\n` +
      "Install Chromium or Chrome (Debian, Ubuntu: `sudo apt-get install chromium`), or set PLAYWRIGHT_CHROMIUM_PATH.",
  );
}

/** @param {string} path @returns {string | undefined} why it cannot be used */
function whyNot(path) {
  if (!existsSync(path)) return "does not exist";
  if (process.platform === "win32") return undefined; // chrome.exe opens a window instead of telling its version
  // Ubuntu's chromium-browser may be a mere pointer to a snap: only running it tells.
  const { error, status } = spawnSync(path, ["--version"], { stdio: "ignore", timeout: 15_000 });
  if (error) return `does not start (${error.message})`;
  return status === 0 ? undefined : `does not start (exit code ${status})`;
}

/** @param {string[]} tried @returns {Promise<string | undefined>} */
async function playwrightsOwn(tried) {
  const { chromium } = await import("@playwright/test");
  const path = chromium.executablePath();
  const failure = whyNot(path);
  if (!failure) return path;
  tried.push(`Playwright's own: ${path} ${failure}`);
}

/** @param {string[]} tried @returns {string | undefined} */
function systemBrowser(tried) {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const candidates = [
    ...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))),
    ...APPLICATIONS,
  ];
  for (const path of candidates.filter((candidate) => existsSync(candidate))) {
    const failure = whyNot(path);
    if (!failure) return path;
    tried.push(`${path} ${failure}`);
  }
  tried.push("no Chromium or Chrome of the system in PATH");
}

/** @typedef {(root: string, processes: import("./processes.mjs").Processes, tried: string[]) => Promise<void>} Installer */

/** @type {Installer} */
async function installWithPlaywright(root, processes, tried) {
  const isRoot = process.getuid?.() === 0;
  const args = ["install", ...(isRoot ? ["--with-deps"] : []), "chromium"];
  const command = `playwright ${args.join(" ")}`;
  const unreachable = await whyUnreachable();
  if (unreachable) {
    tried.push(`${command}: ${DOWNLOADS} cannot be reached (${unreachable})`);
    return;
  }
  const { code, output } = await step(`Installing a browser (${command})`, () =>
    processes.run({
      name: "playwright install",
      command: process.execPath,
      args: [join(root, "node_modules/@playwright/test/cli.js"), ...args],
      cwd: root,
      env: { ...process.env, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: `${DOWNLOADS_PATIENCE}` },
    }),
  );
  if (code !== 0) tried.push(`${command}: ${lastLine(output)}`);
}

/** @returns {Promise<string | undefined>} why Playwright's downloads are out of reach; a proxy is left to Playwright */
async function whyUnreachable() {
  const { HTTPS_PROXY, https_proxy, PLAYWRIGHT_DOWNLOAD_HOST } = process.env;
  if (HTTPS_PROXY || https_proxy || PLAYWRIGHT_DOWNLOAD_HOST) return undefined;
  try {
    await fetch(DOWNLOADS, { method: "HEAD", signal: AbortSignal.timeout(DOWNLOADS_PATIENCE) });
    return undefined;
  } catch (error) {
    const { cause, name } = /** @type {Error & { cause?: NodeJS.ErrnoException }} */ (error);
    return cause?.code ?? name;
  }
}

/** @type {Installer} */
async function installWithApt(root, processes, tried) {
  const failure = await installPackage("chromium", { what: "a browser", root, processes });
  tried.push(failure ?? "apt-get installed chromium, which does not start");
}

/** @param {string} output @returns {string} */
const lastLine = (output) => output.trim().split("\n").at(-1) ?? "failed";
