/** @jsxImportSource hono/jsx */
import { z } from "zod";
import { type Switches, switchesSchema } from "../domain/switches";
import type { World } from "../domain/world";
import { presets } from "../faults/presets";
import { switchWords } from "./switch-words";

export function PresetButtons() {
  return (
    <form method="post" action="/_control/page/preset" class="grid">
      {presets.map((preset) => (
        <button
          key={preset.id}
          class="tile"
          type="submit"
          name="preset"
          value={preset.id}
          aria-label={preset.label}
        >
          {preset.label}
          <small>{preset.hint}</small>
        </button>
      ))}
      <button class="tile main" type="submit" name="preset" value="normal">
        Back to normal
      </button>
    </form>
  );
}

const exampleFault = '{ "endpoint": "token", "times": 2, "kind": "status", "status": 500 }';

export function FaultForm() {
  return (
    <details>
      <summary>Any other fault</summary>
      <form method="post" action="/_control/page/fault">
        <label>
          Fault as JSON, as in the README
          <textarea name="fault" rows={3} spellcheck={false}>
            {exampleFault}
          </textarea>
        </label>
        <button type="submit">Add fault</button>
      </form>
    </details>
  );
}

/** The positions of a switch that is no number, as text. */
function positions(name: keyof Switches): string[] {
  const inner = switchesSchema.shape[name].unwrap();
  return inner instanceof z.ZodEnum ? inner.options.map(String) : ["true", "false"];
}

const positionWords: ReadonlyMap<string, string> = new Map([
  ["true", "yes"],
  ["false", "no"],
]);

function SwitchField({ name, value }: { name: keyof Switches; value: Switches[keyof Switches] }) {
  const words = switchWords[name];
  const hintId = `${name}-hint`;
  return (
    <div>
      <label for={name}>{words.label}</label>
      {typeof value === "number" ? (
        <input type="number" id={name} name={name} min="1" value={String(value)} aria-describedby={hintId} />
      ) : (
        <select id={name} name={name} aria-describedby={hintId}>
          {positions(name).map((position) => (
            <option key={position} value={position} selected={position === String(value)}>
              {name === "secondRevoke"
                ? position
                : (positionWords.get(position) ?? position.replace("_", " "))}
            </option>
          ))}
        </select>
      )}
      <small class="soft" id={hintId}>
        {words.hint}
      </small>
    </div>
  );
}

export function SwitchForm({ world }: { world: World }) {
  return (
    <form method="post" action="/_control/page/switches">
      <div class="grid">
        {switchesSchema.keyof().options.map((name) => (
          <SwitchField key={name} name={name} value={world.switches[name]} />
        ))}
      </div>
      <div class="actions">
        <button class="main" type="submit">
          Set switches
        </button>
      </div>
    </form>
  );
}

export function ClockForm({ world }: { world: World }) {
  const steps = [
    ["60000", "1 minute on"],
    ["900000", "15 minutes on"],
    ["86400000", "1 day on"],
  ] as const;
  return (
    <form method="post" action="/_control/page/clock" class="row">
      <span class="mono">{world.clock.iso().slice(0, 19).replace("T", " ")}</span>
      {steps.map(([ms, words]) => (
        <button key={ms} class="small" type="submit" name="advanceMs" value={ms}>
          {words}
        </button>
      ))}
    </form>
  );
}
