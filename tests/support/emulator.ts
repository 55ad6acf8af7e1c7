import { startEmulator } from "../../scripts/lib/emulator.mjs";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import { createProcesses } from "../../scripts/lib/processes.mjs";
import { type EmulatorClient, emulatorClient } from "../emulator/client";
import { keepOutput, keepSecrets } from "./run-record";

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
    const onLine = (line: string) => keepOutput("emulator", line);
    const { origin } = await startEmulator({ ...options, root: projectRoot, port: 0, processes, onLine });
    const control = emulatorClient(origin);
    // Before the ledger is gone.
    const keepIssued = async () => {
      const { tokens, codes } = await control.ledger();
      keepSecrets([...tokens, ...codes].map(({ value }) => value));
    };
    keepSecrets([options.client.secret]);
    return {
      origin,
      control: {
        ...control,
        reset: async () => {
          await keepIssued();
          await control.reset();
        },
      },
      stop: async () => {
        try {
          await keepIssued();
        } finally {
          await processes.stopAll();
        }
      },
    };
  } catch (error) {
    await processes.stopAll();
    throw error;
  }
}
