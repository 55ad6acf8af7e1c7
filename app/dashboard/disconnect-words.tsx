/** What disconnecting does: the same in the dialog and on the page that replaces it without client JavaScript. */
export function DisconnectWords({ id, owner }: { id: string; owner: string }) {
  return (
    <div id={id} className="mt-3 space-y-3 text-note text-muted">
      <p>
        This connection of <bdi>{owner}</bdi> then ends: this app can no longer see or change anything through
        it. Your sites stay as they are.
      </p>
      <p>
        We tell Webflow to end the access and erase our key when Webflow confirms. You can connect again
        later.
      </p>
    </div>
  );
}
