import fc from "fast-check";
import { beforeEach, expect, test, vi } from "vitest";

const header = vi.hoisted(() => ({ name: "x-real-ip" as string | undefined }));
const warn = vi.hoisted(() => vi.fn());
vi.mock("@/lib/env", () => ({ env: () => ({ CLIENT_ADDRESS_HEADER: header.name }) }));
vi.mock("@/lib/log", () => ({ log: { warn } }));

let clientAddress: (headers: Headers) => string | null;

beforeEach(async () => {
  header.name = "x-real-ip";
  warn.mockClear();
  vi.stubGlobal("saidOfAddresses", undefined);
  vi.resetModules();
  ({ clientAddress } = await import("@/lib/client-address"));
});

const of = (value: string) => clientAddress(new Headers({ "x-real-ip": value }));

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["192.0.2.1:555", "192.0.2.1"],
  [' "192.0.2.1:555" ', "192.0.2.1"],
  ["198.51.100.7, 192.0.2.1", "192.0.2.1"],
  ["198.51.100.7, 192.0.2.1,", "192.0.2.1"],
  ["192.0.2.1 , ", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::ffff:c000:201", "192.0.2.1"],
  ["0:0:0:0:0:FFFF:C000:0201", "192.0.2.1"],
  ["[::ffff:192.0.2.1]:555", "192.0.2.1"],
  ["2001:db8:1:2::1", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2:aaaa:bbbb:cccc:dddd", "2001:db8:1:2::/64"],
  ["[2001:db8:1:2::1]", "2001:db8:1:2::/64"],
  ["[2001:db8:1:2::1]:443", "2001:db8:1:2::/64"],
  ['"[2001:db8:1:2::1]:443"', "2001:db8:1:2::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["::ffff:0:c000:201", "192.0.2.1"],
  ["64:ff9b::192.0.2.1", "192.0.2.1"],
  ["64:ff9b:1::c000:201", "192.0.2.1"],
  ["64:ff9b:2::c000:201", "64:ff9b:2:0::/64"],
  ["::c000:201", "0:0:0:0::/64"],
])("H3 %s in the platform's header is one client", (value, client) => {
  expect(of(value)).toBe(client);
  expect(warn).not.toHaveBeenCalled();
});

test("H3 a header that holds no address switches the limits off, and is said once", () => {
  for (const value of ["unknown", "192.0.2.256", "192.0.2.1:port", "[2001:db8::1", "1.2.3.4:5:6", ",", '""'])
    expect(of(value)).toBeNull();
  expect(warn.mock.calls).toEqual([["client_address_unreadable", { code: "unreadable" }]]);
});

test("H3 a header that does not come at all, or empty, is said once too, and none that is not configured", () => {
  for (const headers of [new Headers(), new Headers({ "x-real-ip": "" })])
    expect(clientAddress(headers)).toBeNull();
  expect(warn.mock.calls).toEqual([["client_address_unreadable", { code: "missing" }]]);
  header.name = undefined;
  expect(of("192.0.2.1")).toBeNull();
  expect(warn).toHaveBeenCalledTimes(1);
});

test("H3 it is said once a process, however many copies of the module Next makes", async () => {
  of("unknown");
  vi.resetModules();
  const copy = await import("@/lib/client-address");
  expect(copy.clientAddress).not.toBe(clientAddress);
  expect(copy.clientAddress(new Headers({ "x-real-ip": "unknown" }))).toBeNull();
  expect(warn).toHaveBeenCalledTimes(1);
});

test("H3 whatever the header holds, a client is an IPv4 address, a /64, or not known", () => {
  const entry = fc.oneof(
    fc.ipV4(),
    fc.ipV4Extended(),
    fc.ipV6(),
    fc.string({ unit: fc.constantFrom(...'0123456789abcdefx.:[]"%, /'.split("")), maxLength: 40 }),
    fc.string({ unit: "grapheme-ascii", maxLength: 40 }),
  );
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 3 }), (list) => {
      const client = of(list.join(",").trim());
      if (client !== null) expect(client).toMatch(/^(\d{1,3}(\.\d{1,3}){3}|([0-9a-f]{1,4}:){4}:\/64)$/);
    }),
    { numRuns: 1_000 },
  );
});
