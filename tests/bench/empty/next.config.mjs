import { fileURLToPath } from "node:url";
import config from "../../../next.config.mjs";

/** The app's own configuration, with the project as the root of what may be imported. @type {import("next").NextConfig} */
export default { ...config, turbopack: { root: fileURLToPath(new URL("../../..", import.meta.url)) } };
