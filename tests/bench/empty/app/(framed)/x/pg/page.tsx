import { connection } from "next/server";
import { sessionTokenHash } from "@/lib/auth/session";
import { readDashboard } from "@/lib/grants/read";
export default async function P() {
  await connection();
  const d = await readDashboard(await sessionTokenHash());
  return <p>{d?.connections[0]?.webflowUser.name}</p>;
}
