"use server";

import { revalidatePath } from "next/cache";
import { notFound, redirect } from "next/navigation";
import { actInWords } from "@/app/act-in-words";
import { readId } from "@/app/read-id";
import { showAgain } from "@/app/show-again";
import { refuseTooOften } from "@/app/too-many-requests/refuse";
import { signInPath } from "@/lib/auth/pages";
import { isSameOriginAction } from "@/lib/auth/same-origin";
import { currentUserId, sessionTokenHash } from "@/lib/auth/session";
import { checkNow as checkGrantNow } from "@/lib/grants/check";
import { liveSuccessorOf, requestDisconnect } from "@/lib/grants/disconnect";
import { revokeNow } from "@/lib/grants/revoke";

/** Who asks, for which connection. Answers for nobody: another origin, no session, or no id. */
async function readRequest(formData: FormData): Promise<{ userId: string; grantId: string }> {
  const userId = (await isSameOriginAction()) ? await currentUserId() : null;
  if (!userId) redirect(signInPath(await sessionTokenHash()));
  const grantId = readId(formData, "connection");
  if (!grantId) notFound();
  return { userId, grantId };
}

/**
 * Takes a connection back: committed first, then Webflow is asked for at most a few seconds. One that was replaced since the page
 * asked is on its way out already: the question is asked again, about what is connected now.
 */
export async function disconnect(formData: FormData): Promise<void> {
  await actInWords(async () => {
    const { userId, grantId } = await readRequest(formData);
    await refuseTooOften("disconnect");
    if (!(await requestDisconnect(userId, grantId))) notFound();
    await revokeNow(grantId);
    const successorId = await liveSuccessorOf(userId, grantId);
    revalidatePath("/dashboard");
    redirect(successorId ? `/dashboard/disconnect/${successorId}` : "/dashboard");
  });
}

/** Asks Webflow whether a connection still lives and what it may do. */
export async function checkNow(formData: FormData): Promise<void> {
  await actInWords(async () => {
    const { userId, grantId } = await readRequest(formData);
    await refuseTooOften("check");
    await checkGrantNow(userId, grantId);
    await showAgain("/dashboard");
  });
}
