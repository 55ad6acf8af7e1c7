"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { actInWords } from "@/app/act-in-words";
import { readId } from "@/app/read-id";
import { showAgain } from "@/app/show-again";
import { refuseTooOften } from "@/app/too-many-requests/refuse";
import { unlinkOtherWebflowUsers, unlinkWebflowUser } from "@/lib/account/unlink";
import { signInPath } from "@/lib/auth/pages";
import { isSameOriginAction } from "@/lib/auth/same-origin";
import { currentUserId, sessionTokenHash } from "@/lib/auth/session";
import { endOtherSessions, endSession, whileSignedIn } from "@/lib/auth/sessions";
import { forgetSession } from "@/lib/auth/sign-out";
import { deleteUser } from "@/lib/grants/delete-user";

/** Who asks. Answers for nobody: another origin, or no session. */
async function readUser(): Promise<{ userId: string; tokenHash: string }> {
  const tokenHash = await sessionTokenHash();
  const userId = (await isSameOriginAction()) ? await currentUserId() : null;
  if (!userId || !tokenHash) redirect(signInPath(tokenHash));
  return { userId, tokenHash };
}

/** Signs one other browser of this person out. One that is signed out already is no error. */
export async function signOutThere(formData: FormData): Promise<void> {
  await actInWords(async () => {
    const { userId, tokenHash } = await readUser();
    const sessionId = readId(formData, "session");
    if (sessionId) await endSession(userId, sessionId, tokenHash);
    await showAgain("/dashboard/account");
  });
}

/** Signs this person out in every other browser; not somebody else who has signed in since the page offered it. */
export async function signOutElsewhere(formData: FormData): Promise<void> {
  await actInWords(async () => {
    const { userId, tokenHash } = await readUser();
    if (readId(formData, "user") === userId) await endOtherSessions(userId, tokenHash);
    await showAgain("/dashboard/account");
  });
}

/** Takes a Webflow user away from this person's account. One that is gone already, or was never theirs, is no error. */
export async function unlink(formData: FormData): Promise<void> {
  await actInWords(async () => {
    const { userId, tokenHash } = await readUser();
    await refuseTooOften("unlink");
    const accountId = readId(formData, "account");
    if (accountId) await unlinkWebflowUser(userId, accountId, tokenHash);
    revalidatePath("/dashboard/account");
    redirect("/dashboard/account");
  });
}

/**
 * Takes every Webflow user away but the one that this person's account was made with; none from somebody else who has signed in
 * since the page asked.
 */
export async function unlinkOthers(formData: FormData): Promise<void> {
  await actInWords(async () => {
    const { userId, tokenHash } = await readUser();
    await refuseTooOften("unlink");
    if (readId(formData, "user") === userId) await unlinkOtherWebflowUsers(userId, tokenHash);
    revalidatePath("/dashboard/account");
    redirect("/dashboard/account");
  });
}

/**
 * Deletes everything personal now; what is left of the connections is only what it takes to end them at Webflow. Where somebody
 * else has signed in since the page asked, their account page first says whose account it is.
 */
export async function deleteAccount(formData: FormData): Promise<void> {
  await actInWords(async () => {
    const { userId, tokenHash } = await readUser();
    await refuseTooOften("delete_account");
    if (readId(formData, "user") !== userId) redirect("/dashboard/account");
    if (!(await deleteUser(userId, (work) => whileSignedIn(userId, tokenHash, work))))
      redirect(signInPath(tokenHash));
    await forgetSession();
    redirect("/account-deleted");
  });
}
