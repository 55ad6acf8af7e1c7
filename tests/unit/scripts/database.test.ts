import { expect, test } from "vitest";
import { describeDatabase } from "../../../scripts/lib/database.mjs";

test("a database is named without its password", () => {
  expect(describeDatabase("postgresql://app:hidden@db.example:6432/shop?sslmode=require")).toBe(
    "shop on db.example:6432",
  );
  expect(describeDatabase("postgresql://app:hidden@db.example")).toBe("postgres on db.example:5432");
  // As the driver reads it.
  expect(describeDatabase("postgresql://app:hidden@127.0.0.1/shop?host=db.example")).toBe(
    "shop on db.example:5432",
  );
});

test("a password with signs that were not encoded is not taken for a name", () => {
  for (const password of [
    "/hidden",
    "12/hidden",
    "hid/den",
    "hid#den",
    "hid?den",
    "?hidden",
    "#hidden",
    "%hidden",
    "hid@den/",
    "hid@den?",
    "hid@den#",
  ])
    for (const start of ["postgresql://app:", "postgresql:app:", "postgresql:///app:", "app:"])
      expect(describeDatabase(`${start}${password}@db.example/shop`), password).not.toMatch(/hid|den/);
  for (const rest of ["#hidden", "?hidden", "/hidden"])
    expect(describeDatabase(`postgresql://app:1234${rest}@db.example/shop`)).toBe("the database");
});
