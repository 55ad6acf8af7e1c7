import { connection } from "next/server";
import { db } from "@/lib/db";

/** What it takes to load the database client and ask it something: the floor of a cold start. */
export default async function DatabasePage() {
  await connection();
  await db().$queryRaw`SELECT 1`;
  return <p>Nothing</p>;
}
