import { connection } from "next/server";

/** The floor: what Next takes to render nothing for a request. */
export default async function EmptyPage() {
  await connection();
  return <p>Nothing</p>;
}
