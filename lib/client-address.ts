import "server-only";
import { isIP } from "node:net";
import { env } from "@/lib/env";

/**
 * Whom a request comes from, as far as the platform in front vouches for it: the address in the header that
 * CLIENT_ADDRESS_HEADER names, an IPv6 one as its /64 (what one subscriber gets). Null when no header is configured or it
 * holds no address. Nothing else is believed: a client can write any other header itself.
 */
export function clientAddress(headers: Headers): string | null {
  const name = env().CLIENT_ADDRESS_HEADER;
  // Where proxies append to a list, the last entry is the one that the nearest proxy saw with its own eyes.
  const address = name && headers.get(name)?.split(",").at(-1)?.trim();
  if (!address || isIP(address) === 0) return null;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  return isIP(address) === 4 ? address : `${expandIpv6(address).slice(0, 4).join(":")}::/64`;
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
