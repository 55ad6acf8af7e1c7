import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { explainNpm, whyInstall } from "../../../scripts/lib/install.mjs";
import { isSupportedNode } from "../../../scripts/lib/node-version.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "install-"));
  write("package-lock.json", lock("1.0.0"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, content: object): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), JSON.stringify(content));
}

function lock(version: string, further: object = {}): object {
  return {
    packages: { "": { dependencies: { next: version } }, "node_modules/next": { version }, ...further },
  };
}

function install(version: string, further: object = {}): void {
  write("node_modules/next/package.json", { version });
  write("node_modules/.package-lock.json", lock(version, further));
}

describe("whether to install", () => {
  test("a bare clone is installed", () => {
    expect(whyInstall(folder)).toBe("first start");
  });

  test("what is there as the lock file wants it is left alone", () => {
    install("1.0.0");
    expect(whyInstall(folder)).toBeUndefined();
  });

  test("an interrupted installation is done again", () => {
    write("node_modules/next/package.json", {});
    expect(whyInstall(folder)).toBe("the last installation did not end");
  });

  test("a changed lock file is installed", () => {
    install("0.9.0");
    expect(whyInstall(folder)).toBe("package-lock.json changed");
  });

  test("a package that somebody removed is installed again", () => {
    install("1.0.0");
    rmSync(join(folder, "node_modules/next"), { recursive: true });
    expect(whyInstall(folder)).toBe("next is missing");
  });

  test("optional packages of other systems are not missed, this system's are", () => {
    const here = { optional: true, version: "1.0.0", os: [process.platform], cpu: [process.arch] };
    const elsewhere = { ...here, os: ["other"] };
    install("1.0.0");
    write("package-lock.json", lock("1.0.0", { "node_modules/b": elsewhere }));
    expect(whyInstall(folder)).toBeUndefined();
    write("package-lock.json", lock("1.0.0", { "node_modules/b": here }));
    expect(whyInstall(folder)).toBe("package-lock.json changed");
  });

  // Only Linux has more than one, and only its packages name theirs.
  test.runIf(process.platform === "linux")("nothing is missed that is for another C library", () => {
    const here = { optional: true, version: "1.0.0", os: [process.platform], cpu: [process.arch] };
    const glibc = { ...here, libc: ["glibc"] };
    const musl = { ...here, libc: ["musl"] };
    const [own, foreign] = existsSync("/etc/alpine-release") ? [musl, glibc] : [glibc, musl];
    install("1.0.0");
    write("package-lock.json", lock("1.0.0", { "node_modules/b": foreign }));
    expect(whyInstall(folder)).toBeUndefined();
    write("package-lock.json", lock("1.0.0", { "node_modules/b": own }));
    expect(whyInstall(folder)).toBe("package-lock.json changed");
  });

  test("a damaged lock file is said in words", () => {
    writeFileSync(join(folder, "package-lock.json"), "<<<<<<< HEAD");
    expect(() => whyInstall(folder)).toThrow("git checkout package-lock.json");
  });
});

describe("when npm fails, one sentence tells the mend", () => {
  test.each([
    [
      "npm error code ENOTFOUND\nnpm error request to https://registry.npmjs.org/next failed",
      "https://registry.npmjs.org cannot be reached",
    ],
    ["npm error code ENOSPC\nnpm error nospc No space left on device", "the disk is full"],
    ["npm error code EACCES\nnpm error path /x/node_modules", "may not write here"],
    [
      "npm error code EUSAGE\nnpm error\nnpm error Missing: a@1.0.0 from lock file",
      "disagree (Missing: a@1.0.0 from lock file)",
    ],
    ["npm error code EINTEGRITY\nnpm error sha512 mismatch", "EINTEGRITY"],
  ])("%s", (output, words) => {
    expect(explainNpm(output)).toContain(words);
  });
});

test.each([
  ["18.20.8", false],
  ["20.18.3", false],
  ["20.19.0", true],
  ["22.0.0", true],
])("Node.js %s: supported is %s", (version, supported) => {
  expect(isSupportedNode(version)).toBe(supported);
});
