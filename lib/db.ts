import "server-only";
import { PrismaPg } from "@prisma/adapter-pg";
import { env } from "@/lib/env";
import { PrismaClient } from "@/lib/generated/prisma/client";

// Next's dev server loads modules again on every change; the global keeps it at one pool per process.
const store: typeof globalThis & { prisma?: PrismaClient } = globalThis;

/** The Prisma client, made at first use so that `next build` runs without a database; one per process. */
export function db(): PrismaClient {
  store.prisma ??= new PrismaClient({
    adapter: new PrismaPg({
      connectionString: env().DATABASE_URL,
      // Every wait has an end: a database that does not answer becomes an error that a person is told in words.
      connectionTimeoutMillis: 5_000,
      query_timeout: 10_000,
    }),
  });
  return store.prisma;
}

/** Whether what was thrown came from the database or the way to it. */
export function isDatabaseError(thrown: unknown): boolean {
  return thrown instanceof Error && /^(PrismaClient|DriverAdapter)/.test(thrown.name);
}
