import type { ConnectError } from "@/lib/webflow/errors";

export interface ErrorWords {
  readonly title: string;
  /** What happened, and that nothing bad came of it. */
  readonly happened: string;
  /** Whose turn it is now, and what to do. */
  readonly next: string;
}

const ourMistake = "It is our turn: you did nothing wrong. Try again, and if it happens twice, write to us.";
const startAgain = "Your turn: start again from here. It takes a few seconds.";

/** Words for every way in which connecting can fail, or a request here. A code without words does not compile. */
export const errorWords: Readonly<Record<ConnectError, ErrorWords>> = {
  access_denied: {
    title: "You did not allow access",
    happened: "Webflow told us that the request was declined. Nothing was connected and nothing was changed.",
    next: "Your turn, if you like: try again and choose the sites this app may use. You can also leave it at that.",
  },
  invalid_request: {
    title: "Webflow did not understand us",
    happened: "Our request to Webflow was incomplete, so Webflow stopped. Nothing was connected.",
    next: ourMistake,
  },
  unsupported_response_type: {
    title: "Webflow did not accept our question",
    happened: "We asked Webflow in a way that it does not support. Nothing was connected.",
    next: ourMistake,
  },
  invalid_grant: {
    title: "Webflow's permission had run out",
    happened:
      "You agreed at Webflow, but the one-time code that proves it was too old or already used. Nothing was connected.",
    next: startAgain,
  },
  invalid_client: {
    title: "Webflow did not recognise this app",
    happened: "This app could not prove to Webflow who it is. Nothing was connected.",
    next: "It is our turn: the app's own set-up has to be mended. Trying again helps only after that.",
  },
  unsupported_grant_type: {
    title: "Webflow did not accept our way of asking",
    happened: "You agreed at Webflow, but the last step between our servers failed. Nothing was connected.",
    next: ourMistake,
  },
  webflow_unavailable: {
    title: "Webflow did not answer",
    happened: "Webflow was too slow or gave an answer that we could not use. Nothing was connected.",
    next: "It is Webflow's turn. Wait a minute, then try again.",
  },
  identity_unknown: {
    title: "We could not tell whose account it is",
    happened:
      "Webflow agreed, but did not say which Webflow account you used. Without that we connect nothing, and we give the access back.",
    next: "Your turn: try again. If it happens twice, write to us.",
  },
  start_expired: {
    title: "That took too long, or began elsewhere",
    happened:
      "We do not know this connection any more. It was started some time ago, or in another browser or tab. Nothing was connected.",
    next: startAgain,
  },
  start_used: {
    title: "This page was already used",
    happened:
      "Each connection can be finished once, and this one was. Going back or reloading does not repeat it.",
    next: "Your turn: look at your dashboard first. If your connection is not there, try again.",
  },
  session_changed: {
    title: "You are signed in differently now",
    happened:
      "While you were at Webflow, somebody signed in or out here, or signed this browser out. To be safe, nothing was connected.",
    next: "Your turn: check who is signed in, then try again.",
  },
  account_of_another_user: {
    title: "This Webflow account is used by somebody else here",
    happened:
      "It already belongs to another sign-in of this app, so we do not add it to yours, and give the new access back.",
    next: "Your turn: sign out and connect with that Webflow account, or try again with another one.",
  },
  malformed_callback: {
    title: "The way back from Webflow was damaged",
    happened:
      "The address that led you here was not one that Webflow sends. We ignored it. Nothing was connected.",
    next: startAgain,
  },
  malformed_request: {
    title: "That request was damaged",
    happened:
      "What reached us was not something that our pages send. We ignored it, and nothing was changed.",
    next: "Your turn: start again from our first page.",
  },
  cross_origin: {
    title: "That came from another site",
    happened:
      "A page that is not ours tried to do this in your name, or your browser did not say where the request came from. We did not do it.",
    next: "Your turn, if you meant to: open our page yourself and do it there.",
  },
  too_large: {
    title: "That was too much at once",
    happened: "What reached us was larger than anything that our pages send. We ignored it.",
    next: "Your turn: start again from our first page.",
  },
  outdated_page: {
    title: "That page is older than this app",
    happened:
      "We have changed this app since your browser loaded that page, and its button does not work any more. Nothing was changed.",
    next: "Your turn: open the page anew, and press it there.",
  },
  database_unavailable: {
    title: "We could not save your connection",
    happened:
      "Our own records did not answer. We keep no access that we cannot record, so nothing was connected.",
    next: "It is our turn. Wait a minute, then try again.",
  },
  perhaps_connected: {
    title: "We cannot say whether you are connected",
    happened:
      "Our own records did not answer at the last step. Nothing was connected, or it was and we could not see it.",
    next: "It is our turn. Wait a minute, then try again: your dashboard shows what holds, and takes back what you do not want.",
  },
  not_done: {
    title: "We could not do that",
    happened:
      "Our own records did not answer. Nothing was changed, or it was done and we could not see it: your dashboard and your account say what holds.",
    next: "It is our turn. Wait a minute, then look there, and do it again if it is not done.",
  },
  not_signed_out: {
    title: "You are signed out in this browser only",
    happened:
      "Our own records did not answer, so your session did not end there. Whoever has a copy of what this browser held could still use it.",
    next: "It is our turn. Wait a minute, sign in again, and end that session under Account.",
  },
  too_many_requests: {
    title: "That was too often in a short time",
    happened:
      "This was asked for again and again in a short time, by you or by somebody at your internet address, so we did not do it. Everything is as it was.",
    next: "Your turn: wait a few minutes, then try again.",
  },
  unknown: {
    title: "Connecting did not work",
    happened: "Something went wrong on the way, and we do not know what. Nothing was changed on your sites.",
    next: "Your turn: try again. If it happens twice, write to us.",
  },
};
