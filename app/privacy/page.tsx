import type { Metadata } from "next";
import { Article } from "@/components/article";
import { keepDays } from "@/lib/retention";
import { site } from "@/lib/site";

export const metadata: Metadata = { title: "Privacy" };

/** What the template itself stores, as it is. A clone that stores more says so here: Webflow's Marketplace asks for it. */
const sections = [
  [
    "What we store",
    "Your Webflow user id, your name and e-mail address if Webflow tells us, which sites or workspaces you allowed, what you allowed, and when that changed. For each browser in which you are signed in: what it calls itself, and when it was last seen.",
  ],
  [
    "The key to your sites",
    "Webflow gives this app a key for what you allowed. It is stored encrypted, never shown or logged, and erased once Webflow confirms that it no longer opens anything.",
  ],
  [
    "How long we keep it",
    `What happened, and connections that have ended, are forgotten after ${keepDays} days; the rest when you delete your account. Where your Webflow account was unlinked from somebody else's account here, that account keeps for as long whose it was and what it had connected.`,
  ],
  [
    "If Webflow does not confirm",
    `We ask Webflow for 30 days to end an access. Until it confirms we keep the encrypted key and the id of its Webflow user, for nothing but to ask, also when you have deleted your account. If it never does, both stay: erasing our key would not end the access, and nobody could ask again. To end it, remove the app in Webflow (${site.links.webflowDashboard}); then write to ${site.supportEmail}, and we erase both.`,
  ],
  [
    "Cookies",
    "One to keep you signed in, and short-lived ones while you connect or find yourself signed out. None for advertising or statistics.",
  ],
  ["Who else sees it", "Nobody. We send nothing about you to anybody but Webflow."],
  [
    "Your say",
    `Disconnect at any time under "Connections". "Activity" says what happened. Under "Account" you take everything along as a file, sign other browsers out, take a Webflow account away, or delete it all at once. For everything else write to ${site.supportEmail}.`,
  ],
] as const;

export default function PrivacyPage() {
  return <Article title="Privacy" sections={sections} />;
}
