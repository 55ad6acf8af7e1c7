// Imported first by every command, for its effect: an old Node gets a sentence, not a stack trace from some module.

/** What `engines` in package.json says. */
const NEEDED = [20, 19];

/**
 * @param {string} version as in `process.versions.node`
 * @returns {boolean} whether this project runs on it
 */
export function isSupportedNode(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [neededMajor = 0, neededMinor = 0] = NEEDED;
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}

if (!isSupportedNode(process.versions.node)) {
  console.error(
    `This project needs Node.js ${NEEDED.join(".")} or newer, and this is ${process.versions.node}: ` +
      "install a newer one from https://nodejs.org (or `nvm install 22`) and run the command again.",
  );
  process.exit(1);
}
