/** What a person who writes to us can quote: the id on this request's log lines, or the digest under which the log has what was thrown. */
export function Reference({ id }: { id: string | null | undefined }) {
  return (
    id && (
      <p className="mt-6 text-small text-muted">
        Reference: <code>{id}</code>
      </p>
    )
  );
}
