import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { projectRoot } from "../../scripts/lib/paths.mjs";

const read = (file: string) => readFileSync(join(projectRoot, file), "utf8");
const pages = [
  "README.md",
  "AGENTS.md",
  "CHANGELOG.md",
  "DECISIONS.md",
  ...["SECURITY.md"].filter((file) => existsSync(join(projectRoot, file))),
  "tests/emulator/README.md",
  ...filesOf("docs", /\.md$/),
];
const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
const example = [...read(".env.example").matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name ?? "");
const variables = [...read("lib/env.ts").matchAll(/^ {2}([A-Z_]+): /gm)].map(([, name]) => name ?? "");
/** What is said of the machine or the platform, not of the app. */
const platform = new Set([
  ...[
    "PORT",
    "DATABASE_URL_UNPOOLED",
    "NEXT_OUTPUT",
    "NEXT_SERVER_ACTIONS_ENCRYPTION_KEY",
    "PLAYWRIGHT_CHROMIUM_PATH",
    "NODE_ENV",
    "DIRECT_URL",
  ],
  ...["SKIP_LOCKED", "READ_COMMITTED"],
]);

function filesOf(folder: string, pattern: RegExp): string[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, encoding: "utf8" })
    .map((file) => `${folder}/${file.replaceAll("\\", "/")}`)
    .filter((file) => pattern.test(file) && !file.startsWith("lib/generated/"));
}

/** What docs/make-it-yours.md says to delete may have been deleted; what the pages say of it then needs no file. */
const exampleFolder = "app/dashboard/sites";
const removable = [exampleFolder, "public/dashboard.png"];
const isGone = (path: string) =>
  removable.some((file) => path.startsWith(file) && !existsSync(join(projectRoot, file)));

/** A pattern of an ignore file, as far as `*` goes. */
function matchesGlob(file: string, pattern: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.]/g, "\\."));
  return pattern !== "" && new RegExp(`^${parts.join(".*")}$`).test(file);
}

/** Everything between backticks, in a line or a block. */
function codeOf(page: string): string[] {
  const text = read(page);
  const blocks = [...text.matchAll(/^ *```\w*\n([\s\S]*?)^ *```/gm)].map(([, code]) => code ?? "");
  const inline = [...text.replace(/^ *```[\s\S]*?^ *```/gm, "").matchAll(/`([^`\n]+)`/g)].map(
    ([, code]) => code ?? "",
  );
  return [...blocks, ...inline];
}

describe.each(pages)("%s", (page) => {
  test("names only commands that exist", () => {
    for (const code of codeOf(page)) {
      for (const [, name = ""] of code.matchAll(/npm run ([\w:|-]+)/g)) {
        for (const one of name.split("|")) expect(Object.keys(scripts), code).toContain(one);
      }
    }
  });

  test("links and points only to files that exist", () => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target]) => target ?? "");
    for (const target of links)
      expect(existsSync(join(projectRoot, dirname(page), target)), target).toBe(true);
    for (const code of codeOf(page)) {
      // A path: a top folder of ours, then anything that is no pattern.
      for (const [path] of code.matchAll(
        /(?<![\w./@-])(?:app|components|lib|prisma|public|scripts|tests|docs)\/[\w./[\]-]*/g,
      )) {
        const known = existsSync(join(projectRoot, path.replace(/\.$/, ""))) || isGone(path);
        expect(known, path).toBe(true);
      }
    }
  });

  test("names only variables that the app reads", () => {
    for (const code of codeOf(page)) {
      for (const [name] of code.matchAll(
        /\b(?:AUTH|WEBFLOW|DATABASE|DIRECT|TOKEN|CRON|CLIENT|PREVIEW|NEXT)_[A-Z_]+\b/g,
      )) {
        expect([...variables, ...platform], `${name} in ${page}`).toContain(name);
      }
    }
  });

  test("keeps files with secrets out of git and out of images", () => {
    for (const code of codeOf(page)) {
      for (const [, file = ""] of code.matchAll(/(?:--env-file|env pull) (\S+)/g)) {
        for (const list of [".gitignore", ".dockerignore"])
          expect(
            read(list)
              .split("\n")
              .some((pattern) => matchesGlob(file, pattern)),
            `${file} in ${list}`,
          ).toBe(true);
      }
    }
  });

  test("keeps secrets out of the arguments of commands, which everybody on a machine can read", () => {
    for (const code of codeOf(page)) expect(code).not.toMatch(/\$\{?\w*(?:SECRET|TOKEN_KEYS)/);
  });

  test("opens the port of a server to this machine alone: past the proxy anybody writes its headers", () => {
    for (const code of codeOf(page)) {
      for (const [, where] of code.matchAll(/docker run .*-p (\S+)/g))
        expect(where).toMatch(/^127\.0\.0\.1:/);
      for (const [start] of code.matchAll(/&& npm start.*|next start .*/g))
        expect(start).toContain("--hostname 127.0.0.1");
    }
  });

  test("names only routes that exist", () => {
    const routes = filesOf("app", /(page|route)\.tsx?$/).map(
      (file) => `/${dirname(file)}`.replace(/^\/app/, "") || "/",
    );
    for (const code of codeOf(page)) {
      const [, path = ""] =
        /^(?:<[^>]+>|https?:\/\/(?:<[^>]+>|app\.example\.com|localhost:3000))?(\/(?:api|dashboard|install|sign-in|auth)[\w/-]*)$/.exec(
          code,
        ) ?? [];
      if (!path || isGone(`app${path}`)) continue;
      const found = routes.some((route) => {
        const pattern = route.replace(/\[\.\.\.\w+\]/, ".+").replace(/\[\w+\]/, "[^/]+");
        return new RegExp(`^${pattern}$`).test(path);
      });
      expect(found || path === "/api/auth", path).toBe(true);
    }
  });
});

test("every action of a workflow is pinned by commit: a tag can be moved", () => {
  const uses = filesOf(".github/workflows", /\.ya?ml$/).flatMap((file) => [
    ...read(file).matchAll(/uses: (\S+)/g),
  ]);
  expect(uses.length).toBeGreaterThan(0);
  for (const [, action] of uses) expect(action).toMatch(/@[0-9a-f]{40}$/);
});

test("the events that operators are told to look for are logged", () => {
  const files = [...filesOf("lib", /\.ts$/), ...filesOf("app", /\.tsx?$/), "instrumentation.ts"];
  const logged = new Set(
    files.flatMap((file) => [...read(file).matchAll(/log\.error\(\s*"(\w+)"/g)].map(([, event]) => event)),
  );
  const [, table = ""] = read("docs/operating.md").split("## Logs");
  const events = [...table.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, event]) => event);
  expect(events.length).toBeGreaterThan(3);
  for (const event of events) expect(logged).toContain(event);
});

test("the examples of code import what is there", () => {
  let imports = 0;
  for (const page of pages) {
    for (const [, names = "", module = ""] of read(page).matchAll(
      /^import \{ ([^}]+) \} from "@\/([^"]+)";$/gm,
    )) {
      const source = read(`${module}.ts`);
      for (const name of names.split(", "))
        expect(source, `${name} of ${module}`).toMatch(new RegExp(`export .*\\b${name}\\b`));
      imports += 1;
    }
  }
  expect(imports).toBeGreaterThan(0);
});

describe("the configuration", () => {
  test("of .env.example and of the app are the same, and DIRECT_URL is for the migrations", () => {
    expect(example.toSorted()).toEqual([...variables, "DIRECT_URL"].toSorted());
  });

  test("that the deploy button asks for is what cannot be had otherwise", () => {
    const [, url = ""] = /\]\((https:\/\/vercel\.com\/new\/clone\?[^)]+)\)/.exec(read("README.md")) ?? [];
    const { searchParams } = new URL(url);
    const required = [...read("lib/env.ts").matchAll(/^ {2}([A-Z_]+): (.*)$/gm)]
      .filter(([, , rule = ""]) => !/optional\(\)|prefault\(/.test(rule))
      .map(([, name = ""]) => name);
    // The database comes with the integration, the origin from Vercel; without a secret for it nothing would be swept.
    const asked = required.filter(
      (name) => name !== "DATABASE_URL" && name !== "AUTH_URL" && name !== "CLIENT_ADDRESS_HEADER",
    );
    expect(searchParams.get("env")?.split(",").toSorted()).toEqual([...asked, "CRON_SECRET"].toSorted());
    expect(JSON.parse(searchParams.get("products") ?? "")).toMatchObject([{ protocol: "storage" }]);
  });

  test("of the colours agrees with the bar of the browser", () => {
    const sheets = [...read("app/theme.css").matchAll(/--color-sheet: (#\w+);/g)].map(([, colour]) => colour);
    expect(read("lib/site.ts")).toContain(`themeColor: { light: "${sheets[0]}", dark: "${sheets[1]}" }`);
  });

  test("for Vercel migrates before a production build only, and sweeps", () => {
    const { buildCommand, crons } = JSON.parse(read("vercel.json"));
    expect(buildCommand).toMatch(
      /^if \[ "\$VERCEL_ENV" = production \]; then npx prisma migrate deploy; fi && npm run build$/,
    );
    expect(crons).toMatchObject([{ path: "/api/cron/sweep" }]);
  });

  test("the version has its entry in the changelog", () => {
    expect(read("CHANGELOG.md")).toContain(`## ${JSON.parse(read("package.json")).version}\n`);
  });
});

test("the example page can be deleted: nothing outside its folder knows it", () => {
  const sources = ["app", "components", "lib", "scripts", "tests"].flatMap((root) =>
    filesOf(root, /\.(tsx?|mjs|css)$/),
  );
  for (const file of sources.filter(
    (one) => !one.startsWith(exampleFolder) && one !== "tests/unit/docs.test.ts",
  )) {
    expect(read(file), file).not.toMatch(/dashboard\/sites|["']\.{1,2}\/sites\//);
  }
});
