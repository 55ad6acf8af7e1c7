import "server-only";
import { isIP } from "node:net";
import { env } from "@/lib/env";
import { log } from "@/lib/log";

/**
 * Whom a request comes from, as far as the platform in front vouches for it: the address in the header that
 * CLIENT_ADDRESS_HEADER names, an IPv6 one as its /64 (what one subscriber gets), an IPv4 one the same in whatever form. Null
 * when no header is configured or it holds no address. Nothing else is believed: a client can write any other header itself.
 */
export function clientAddress(headers: Headers): string | null {
  const name = env().CLIENT_ADDRESS_HEADER;
  if (!name) return null;
  const value = headers.get(name);
  // Where proxies append to a list, the last entry is the one that the nearest proxy saw with its own eyes.
  const address = toAddress(value?.split(",").findLast((entry) => entry.trim()) ?? "");
  if (!address) sayOnce(value ? "unreadable" : "missing");
  return address;
}

/** `192.0.2.1` or `2001:db8::1`, in brackets or not, with a port or not, quoted (RFC 7239 4) or not. */
function toAddress(entry: string): string | null {
  const [, bracketed, plain] = /^"?(?:\[([^\]]*)\](?::\d+)?|([^"]*))"?$/.exec(entry.trim()) ?? [];
  const address = bracketed ?? plain?.replace(/^([\d.]+):\d+$/, "$1") ?? "";
  switch (isIP(address)) {
    case 4:
      return address;
    case 6:
      return toClient(expandIpv6(address));
    default:
      return null;
  }
}

/** Under what IPv6 writes an IPv4 address: mapped (RFC 4291 2.5.5.2), and as a translator does (RFC 6052 2.1, RFC 7915 7.2, RFC 8215). */
const ofIpv4 = ["0:0:0:0:0:ffff", "64:ff9b:0:0:0:0", "0:0:0:0:ffff:0", "64:ff9b:1:0:0:0"];

/** The IPv4 address inside, or the /64. */
function toClient(groups: string[]): string {
  const [high = 0, low = 0] = groups.slice(6).map((group) => Number.parseInt(group, 16));
  return ofIpv4.includes(groups.slice(0, 6).join(":"))
    ? [high >> 8, high & 255, low >> 8, low & 255].join(".")
    : `${groups.slice(0, 4).join(":")}::/64`;
}

/** The eight groups of an IPv6 address, without leading zeros. */
function expandIpv6(address: string): string[] {
  const [hostname] = address.split("%");
  const compact = new URL(`http://[${hostname}]`).hostname.slice(1, -1);
  const [head = "", tail] = compact.split("::");
  const before = head.split(":").filter(Boolean);
  const after = tail?.split(":").filter(Boolean) ?? [];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => "0"), ...after];
}

// Pages have a copy of this module of their own, beside that of the routes; the global keeps it at one line per process.
const store: typeof globalThis & { saidOfAddresses?: Set<string> } = globalThis;

/** The limits by address are off then, which nobody would notice. Once a process: a client may be able to cause it. */
function sayOnce(code: "missing" | "unreadable"): void {
  store.saidOfAddresses ??= new Set();
  if (store.saidOfAddresses.has(code)) return;
  store.saidOfAddresses.add(code);
  log.warn("client_address_unreadable", { code });
}
