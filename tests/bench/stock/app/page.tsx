import { redirect } from "next/navigation";
import { auth, signIn } from "@/tests/bench/stock/auth";

export default async function HomePage() {
  const session = await auth();
  if (session) redirect("/dashboard");
  return (
    <form
      action={async () => {
        "use server";
        await signIn("webflow", { redirectTo: "/dashboard" });
      }}
    >
      <button type="submit">Connect Webflow</button>
    </form>
  );
}
