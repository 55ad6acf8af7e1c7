import type { Connection } from "@/lib/grants/read";
import { connectionOwner } from "./connection-owner";

/** A Webflow user by all that we know: everybody chooses their own name, and two may have one. */
export function Person({ user }: { user: Connection["webflowUser"] }) {
  const { title, detail } = connectionOwner(user);
  return (
    <>
      <bdi className="font-semibold">{title}</bdi>
      {detail && (
        <>
          {" "}
          <bdi>({detail})</bdi>
        </>
      )}
    </>
  );
}
