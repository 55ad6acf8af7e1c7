import { startEmulator } from "../../scripts/lib/emulator.mjs";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import { createProcesses } from "../../scripts/lib/processes.mjs";
import { type EmulatorClient, emulatorClient } from "../emulator/client";

export interface EmulatorProcess {
  origin: string;
  control: EmulatorClient;
  stop(): Promise<void>;
}

/** The local Webflow in a process of its own, on a free port, for one app. */
export async function startEmulatorProcess(options: {
  appOrigin: string;
  client: { id: string; secret: string };
}): Promise<EmulatorProcess> {
  const processes = createProcesses();
  try {
    const { origin } = await startEmulator({ ...options, root: projectRoot, port: 0, processes });
    return { origin, control: emulatorClient(origin), stop: () => processes.stopAll() };
  } catch (error) {
    await processes.stopAll();
    throw error;
  }
}
