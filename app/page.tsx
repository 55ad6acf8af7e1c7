import { AlreadySignedIn } from "@/components/already-signed-in";
import { Page } from "@/components/page";
import { toScopeRows } from "@/components/scope-rows";
import { readVisitor } from "@/lib/account/visitor";
import { Pitch } from "./pitch";

/** What the app does, for somebody who never heard of it. Reads the database only to tell whoever is signed in that they are. */
export default async function HomePage() {
  const visitor = await readVisitor();
  return (
    <Page>
      <Pitch example={toScopeRows(["authorized_user:read", "cms:read", "cms:write"])}>
        {visitor && <AlreadySignedIn visitor={visitor} />}
      </Pitch>
    </Page>
  );
}
