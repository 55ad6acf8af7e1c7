import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type Domain, startDomain } from "../support/domain";
import { until } from "../support/until";

let domain: Domain;
beforeAll(async () => {
  domain = await startDomain();
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => domain.stop());

test("H2 what Prisma says of an error is a line of our own log, without the statement and its values", async () => {
  const written: string[] = [];
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, "write").mockImplementation((text) => written.push(`${text}`) > 0);
  for (const method of ["log", "info", "warn", "error"] as const)
    vi.spyOn(console, method).mockImplementation((...said) => void written.push(said.join(" ")));
  const failed = domain.grants.db().$queryRaw`SELECT ${"canary"} FROM "NoSuchCanary"`;
  await expect(failed).rejects.toThrow();
  await until(() => written.some((line) => line.includes('"event":"prisma"')), "Prisma's line");
  for (const line of written) expect(JSON.parse(line)).toMatchObject({ event: "prisma" });
  expect(written.join("")).not.toMatch(/canary/i);
});
