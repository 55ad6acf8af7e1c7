import { requestId } from "@/lib/request-id";

/** What a person who writes to us can quote: the id on this request's log lines. */
export async function Reference() {
  const id = await requestId();
  return (
    id && (
      <p className="mt-6 text-small text-muted">
        Reference: <code>{id}</code>
      </p>
    )
  );
}
