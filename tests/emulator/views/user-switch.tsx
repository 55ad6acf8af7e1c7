/** @jsxImportSource hono/jsx */
import { displayName, users, type WebflowUser } from "../domain/people";

/** Buttons to be another local user; the choice is remembered in a cookie. */
export function UserSwitch({ current, returnTo }: { current: WebflowUser; returnTo: string }) {
  return (
    <form method="post" action="/current-user">
      <fieldset>
        <legend>You are {displayName(current)}</legend>
        <p class="soft">{current.email}. Be someone else:</p>
        <input type="hidden" name="returnTo" value={returnTo} />
        <div class="row">
          {users.map((user) => (
            <button
              key={user.id}
              class="small"
              type="submit"
              name="userId"
              value={user.id}
              aria-pressed={user.id === current.id ? "true" : "false"}
            >
              {displayName(user)}
            </button>
          ))}
        </div>
      </fieldset>
    </form>
  );
}
