import { redirect } from "next/navigation";
import { z } from "zod";
import { readActivity } from "@/lib/grants/activity";
import { load } from "../load";
import { privatePage } from "../private-page";
import { relativeTime } from "../relative-time";
import { SignedInPage } from "../signed-in-page";
import { Unavailable } from "../unavailable";
import { clockTime, groupByDay } from "./days";
import { describeEvent } from "./sentences";

export const metadata = privatePage("Activity");

const path = "/dashboard/activity";
const eventId = z.string().regex(/^[1-9]\d{0,17}$/);

/** What happened to this person's connections and sign-ins, a page at a time. One SQL statement. */
export default async function ActivityPage({ searchParams }: PageProps<"/dashboard/activity">) {
  const query = await searchParams;
  const before = eventId.safeParse(query.before).data ?? null;
  // Next repeats a page's query string in the data that it sends along: what is not ours is cut off first.
  if (Object.keys(query).length > (before ? 1 : 0)) redirect(before ? `${path}?before=${before}` : path);
  const page = await load((tokenHash) => readActivity(tokenHash, before));
  if (!page) return <Unavailable path={path} />;
  const now = new Date();
  return (
    <SignedInPage current={path}>
      <h1>Activity</h1>
      <p className="lead">What happened to your connections and sign-ins, newest first. Times are UTC.</p>
      {page.events.length === 0 && (
        <p className="mt-8 text-note">
          {before ? "Nothing happened before that." : "Nothing has happened yet."}
        </p>
      )}
      {groupByDay(page.events, now).map(({ title, events }) => (
        <section key={title} className="mt-8">
          <h2 className="text-heading">{title}</h2>
          <ul className="sheet rows">
            {events.map((event) => {
              const { icon, sentence } = describeEvent(event);
              return (
                <li key={event.id} className={`icon-${icon}`}>
                  <p>{sentence}</p>
                  <time dateTime={event.at.toISOString()} title={relativeTime(event.at, now)}>
                    {clockTime(event.at)}
                  </time>
                </li>
              );
            })}
          </ul>
        </section>
      ))}
      {(before || page.before) && (
        <nav aria-label="Pages of activity" className="mt-8 flex flex-wrap gap-3">
          {before && (
            <a href={path} className="button">
              Newest
            </a>
          )}
          {page.before && (
            <a href={`${path}?before=${page.before}`} className="button">
              Older
            </a>
          )}
        </nav>
      )}
    </SignedInPage>
  );
}
