import { defineConfig } from "prisma/config";

// Migrations want a direct connection; a pooler in transaction mode cannot run them. On Vercel, Neon calls it
// DATABASE_URL_UNPOOLED. Prisma's `env()` helper throws
// when a variable is missing, which would break `prisma generate` on a machine without a database.
export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  datasource: {
    url: process.env.DIRECT_URL || process.env.DATABASE_URL_UNPOOLED || process.env.DATABASE_URL || "",
  },
});
