import { existsSync, readFileSync } from "node:fs";
import { step } from "./terminal.mjs";

/**
 * Installs one of Debian's or Ubuntu's packages, where that is possible without asking anybody.
 * @param {string} name of the package
 * @param {object} options
 * @param {string} options.what it is for a person: "a browser"
 * @param {string} options.root
 * @param {import("./processes.mjs").Processes} options.processes
 * @returns {Promise<string | undefined>} why it is not installed; undefined when it is
 */
export async function installPackage(name, { what, root, processes }) {
  const system = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  if (!/^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(system)) return "apt-get: this is not Debian or Ubuntu";
  if (process.getuid?.() !== 0) return "apt-get: only root may install packages";
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", name]]) {
    const command = `apt-get ${args.join(" ")}`;
    const { code, error, output } = await step(`Installing ${what} (${command})`, () =>
      processes.run({
        name: "apt-get",
        command: "apt-get",
        args,
        cwd: root,
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      }),
    );
    if (code !== 0) return `${command}: ${error?.message ?? output.trim().split("\n").at(-1) ?? "failed"}`;
  }
}
