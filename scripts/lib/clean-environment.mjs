/** What programs need to run at all; nothing that configures the app, or says where a database is. */
const KEPT = new Set([
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TEMP", "TMP", "LANG", "LANGUAGE", "TZ"],
  ...["TERM", "COLORTERM", "COLUMNS", "FORCE_COLOR", "NO_COLOR", "CI", "GITHUB_ACTIONS", "XDG_RUNTIME_DIR"],
  ...["PLAYWRIGHT_BROWSERS_PATH", "PLAYWRIGHT_CHROMIUM_PATH"],
  // Windows
  ...["SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT", "APPDATA", "LOCALAPPDATA", "USERPROFILE", "PROGRAMFILES"],
]);

/**
 * An environment for tests and what they start. The developer's own (DATABASE_URL, NODE_OPTIONS, a proxy) stays
 * outside, and so do the .env files: tests never touch a database that somebody uses.
 * @param {NodeJS.Dict<string>} [environment]
 * @returns {Record<string, string>}
 */
export function cleanEnvironment(environment = process.env) {
  /** @type {Record<string, string>} */
  const clean = { NEXT_TELEMETRY_DISABLED: "1", __NEXT_PROCESSED_ENV: "true" };
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && (KEPT.has(name.toUpperCase()) || name.startsWith("LC_"))) clean[name] = value;
  }
  return clean;
}
