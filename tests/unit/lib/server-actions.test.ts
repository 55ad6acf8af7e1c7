import { describe, expect, test } from "vitest";
import { flawOfCall, flawOfForm } from "@/lib/server-actions";

const id = `40${"ab".repeat(20)}`;
const toForm = (fields: (readonly [string, string | File])[]) => {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  return form;
};
const bound = (descriptor: object, rows: (readonly [string, string])[] = []) =>
  toForm([["$ACTION_REF_1", ""], ["$ACTION_1:0", JSON.stringify(descriptor)], ...rows]);

describe("a form without client JavaScript", () => {
  // As React 19 writes them: a plain action, `bind`, and `useActionState`.
  test.each([
    [
      "a plain action",
      toForm([
        [`$ACTION_ID_${id}`, ""],
        ["connection", "$@1"],
      ]),
    ],
    [
      "an action with arguments of its own",
      bound({ id, bound: "$@1" }, [["$ACTION_1:1", '["a",{"b":[1,"$$c","$D2026-11-25"]}]']]),
    ],
    [
      "an action with a state",
      bound({ id, bound: "$@1" }, [
        ["$ACTION_1:1", "[null]"],
        ["$ACTION_KEY", "k1"],
      ]),
    ],
  ])("is let through: %s", (_, form) => {
    // Whether this build has the action is another question.
    expect(flawOfForm(form)).not.toBe("malformed_request");
  });

  test.each([
    ["no action", toForm([["connection", "1"]])],
    ["three actions", toForm([1, 2, 3].map((n) => [`$ACTION_ID_${n}`, ""] as const))],
    [
      "a file",
      toForm([
        [`$ACTION_ID_${id}`, ""],
        ["picture", new File(["a"], "a.png")],
      ]),
    ],
    ["no descriptor", toForm([["$ACTION_REF_1", ""]])],
    ["two descriptors", bound({ id, bound: null }, [["$ACTION_1:0", JSON.stringify({ id, bound: null })]])],
    [
      "a descriptor that is a file",
      toForm([
        ["$ACTION_REF_1", ""],
        ["$ACTION_1:0", new File(["{}"], "a")],
      ]),
    ],
    ["a descriptor without `bound`", bound({ id })],
    ["a descriptor that leads elsewhere", bound({ id, bound: "$@9" })],
    ["arguments that are missing", bound({ id, bound: "$@1" })],
    [
      "arguments twice",
      bound({ id, bound: "$@1" }, [
        ["$ACTION_1:1", "[]"],
        ["$ACTION_1:1", "["],
      ]),
    ],
    ["arguments that lead elsewhere", bound({ id, bound: "$@1" }, [["$ACTION_1:1", '["$@7"]']])],
  ])("is refused: %s", (_, form) => {
    expect(flawOfForm(form)).toBe("malformed_request");
  });
});

describe("the arguments of an action that React's script calls", () => {
  test.each([
    [
      "a form",
      toForm([
        ["_1_connection", "$@1"],
        ["0", '["$K1"]'],
      ]),
    ],
    [
      "a state and a form",
      toForm([
        ["_1_a", "b"],
        ["0", '["$undefined",{"a":"$$b"},"$K1"]'],
      ]),
    ],
    ["no form", '["a",1,null,{"b":["$D2026-11-25T00:00:00.000Z"]}]'],
    ["nothing", "[]"],
  ])("are let through: %s", (_, body) => {
    expect(flawOfCall(body)).toBeNull();
  });

  test.each([
    ["no JSON", "[1,"],
    ["no list", '"$K1"'],
    ["what leads elsewhere", '["$9"]'],
    ["what leads elsewhere, further down", '[{"a":[{"b":"$Q1"}]}]'],
    ["a lone dollar sign", '["$"]'],
    ["too many", JSON.stringify(Array(101).fill(0))],
    ["too deep", `${"[".repeat(30)}${"]".repeat(30)}`],
    ["deeper than any stack", `${"[".repeat(400_000)}${"]".repeat(400_000)}`],
    ["none", toForm([["_1_a", "b"]])],
    [
      "twice",
      toForm([
        ["0", "[]"],
        ["0", "[]"],
      ]),
    ],
    [
      "a name that is zero too",
      toForm([
        ["0", "[]"],
        ["", "[]"],
      ]),
    ],
    [
      "a second part",
      toForm([
        ["0", "[]"],
        ["1", "[]"],
      ]),
    ],
    [
      "a file",
      toForm([
        ["_1_a", new File(["a"], "a")],
        ["0", '["$K1"]'],
      ]),
    ],
  ])("are refused: %s", (_, body) => {
    expect(flawOfCall(body)).toBe("malformed_request");
  });
});
