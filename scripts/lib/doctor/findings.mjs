/**
 * One point that the doctor looked at. `wrong` is said only on proof, with what to do; everything that cannot be known from
 * here is `unknown`. No finding ever holds a value of a secret.
 * @typedef {{ id: string, title: string, status: "ok" | "wrong" | "unknown", detail: string, mend?: string }} Finding
 */

/** @param {string} id @param {string} title */
export const about = (id, title) => ({
  /** @param {string} detail @returns {Finding} */
  ok: (detail) => ({ id, title, status: "ok", detail }),
  /** @param {string} detail @param {string} mend what to do, as a sentence @returns {Finding} */
  wrong: (detail, mend) => ({ id, title, status: "wrong", detail, mend }),
  /** @param {string} detail why it could not be told @returns {Finding} */
  unknown: (detail) => ({ id, title, status: "unknown", detail }),
});
