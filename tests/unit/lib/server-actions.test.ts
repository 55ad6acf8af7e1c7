import { describe, expect, test } from "vitest";
import type { Fields } from "@/lib/browser-form";
import { flawOfCall, flawOfForm } from "@/lib/server-actions";

const id = `40${"ab".repeat(20)}`;
const bound = (descriptor: object | string, rows: Fields = []): Fields => [
  ["$ACTION_REF_1", ""],
  ["$ACTION_1:0", typeof descriptor === "string" ? descriptor : JSON.stringify(descriptor)],
  ...rows,
];

describe("a form without client JavaScript", () => {
  // As React 19 writes them: a plain action, `bind`, and `useActionState`.
  test.each<[string, Fields]>([
    [
      "a plain action",
      [
        [`$ACTION_ID_${id}`, ""],
        ["connection", "$@1"],
      ],
    ],
    [
      "an action with arguments of its own",
      bound({ id, bound: "$@1" }, [["$ACTION_1:1", '["a",{"b":[1,"$$c","$D2026-11-25"]}]']]),
    ],
    [
      "an action with what it closes over",
      bound({ id, bound: "$@1" }, [
        ["$ACTION_1:1", '["$@2"]'],
        ["$ACTION_1:2", '"c2VhbGVk"'],
      ]),
    ],
    [
      "an action with one thing twice",
      bound({ id, bound: "$@1" }, [["$ACTION_1:1", '[{"all":[{"a":1}],"chosen":"$1:0:all:0"}]']]),
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

  test.each<[string, Fields]>([
    ["no action", [["connection", "1"]]],
    ["three actions", [1, 2, 3].map((n) => [`$ACTION_ID_${n}`, ""] as const)],
    ["no descriptor", [["$ACTION_REF_1", ""]]],
    ["two descriptors", bound({ id, bound: null }, [["$ACTION_1:0", JSON.stringify({ id, bound: null })]])],
    ["a descriptor without `bound`", bound({ id })],
    ["a descriptor that leads elsewhere", bound({ id, bound: "$@9" })],
    // Next looks for the id at its place, and answers with a line of plain text where it is not.
    ...[
      `{"bound":"$@1","id":"${id}"}`,
      ` {"id":"${id}","bound":"$@1"}`,
      `{"id":"${"0".repeat(42)}","id":"${id}","bound":"$@1"}`,
      `{"id":"\\u0034${id.slice(1)}","bound":"$@1"}`,
    ].map((text): [string, Fields] => [`a descriptor ${text}`, bound(text, [["$ACTION_1:1", "[]"]])]),
    ["arguments that are missing", bound({ id, bound: "$@1" })],
    [
      "arguments twice",
      bound({ id, bound: "$@1" }, [
        ["$ACTION_1:1", "[]"],
        ["$ACTION_1:1", "["],
      ]),
    ],
    ["arguments without the row of a promise", bound({ id, bound: "$@1" }, [["$ACTION_1:1", '["$@2"]']])],
    ["what has no name on the server", bound({ id, bound: "$@1" }, [["$ACTION_1:1", '["$T"]']])],
    ["arguments that lead to another row", bound({ id, bound: "$@1" }, [["$ACTION_1:1", '[{},"$0:0"]']])],
    ["arguments that lead elsewhere", bound({ id, bound: "$@1" }, [["$ACTION_1:1", '["$@7"]']])],
  ])("is refused: %s", (_, form) => {
    expect(flawOfForm(form)).toBe("malformed_request");
  });
});

describe("the arguments of an action that React's script calls", () => {
  test.each<[string, Fields | string]>([
    [
      "a form",
      [
        ["_1_connection", "$@1"],
        ["0", '["$K1"]'],
      ],
    ],
    [
      "a state and a form",
      [
        ["_1_a", "b"],
        ["0", '["$undefined",{"a":"$$b"},"$K1"]'],
      ],
    ],
    ["no form", '["a",1,null,{"b":["$D2026-11-25T00:00:00.000Z"]}]'],
    ["nothing", "[]"],
    [
      "what an action closes over, and a form",
      [
        ["1", '"c2VhbGVk"'],
        ["_2_a", "b"],
        ["0", '["$@1","$K2"]'],
      ],
    ],
    [
      "the tenth row",
      [
        ["10", '{"a":[{},"$a:a:0"]}'],
        ["0", '["$@a"]'],
      ],
    ],
    ["as many values as an action may have", `[[${Array(248).fill("0").join()}]]`],
    ["one thing twice", '[[{"a":1},"$0:0:0"],{"b":"$0:0:0"}]'],
    ["an event, which stays in the browser, and a large number", '["$T",{"a":"$T"},"$n-10"]'],
  ])("are let through: %s", (_, body) => {
    expect(flawOfCall(body)).toBeNull();
  });

  test.each<[string, Fields | string]>([
    ["no JSON", "[1,"],
    ["a mark of the byte order before", "\uFEFF[]"],
    ["no list", '"$K1"'],
    ["what leads elsewhere", '["$9"]'],
    ["what leads nowhere", '[{"a":1},"$0:0:b"]'],
    ["what leads through a date", '["$D2026-11-25T00:00:00.000Z","$0:0:a"]'],
    ["what leads to a text", '["a","$0:0"]'],
    ["what leads to its own start", '["$0"]'],
    ["what leads to a prototype", '[{"__proto__":{"a":{}}},"$0:0:__proto__"]'],
    [
      "a list so often that it is too large",
      `[${JSON.stringify(Array(99).fill(0))},[${Array(90).fill('"$0:0"').join()}]]`,
    ],
    ["more values than an action needs", `[[${Array(249).fill("0").join()}]]`],
    [
      "more values in all of its rows",
      [
        ["1", JSON.stringify(Array(124).fill(0))],
        ["0", `["$@1",${JSON.stringify(Array(124).fill({}))}]`],
      ],
    ],
    ["a number without an end", `["$n${"9".repeat(301)}"]`],
    ["a number below zero without an end, of which React counts the sign", `["$n-${"9".repeat(300)}"]`],
    ["an event under a name that React cannot say", '[{"a:b":["$T"]}]'],
    [
      "a promise further down",
      [
        ["1", "1"],
        ["0", '[["$@1"]]'],
      ],
    ],
    ["a promise without a row", [["0", '["$@1"]']]],
    [
      "a promise that is broken",
      [
        ["1", "[1,"],
        ["0", '["$@1"]'],
      ],
    ],
    [
      "a promise that leads to another row",
      [
        ["1", '["$0:0"]'],
        ["0", '["$@1",{}]'],
      ],
    ],
    [
      "a promise twice",
      [
        ["1", "1"],
        ["1", "1"],
        ["0", '["$@1"]'],
      ],
    ],
    ["what leads elsewhere, further down", '[{"a":[{"b":"$Q1"}]}]'],
    ["a lone dollar sign", '["$"]'],
    ["too many", JSON.stringify(Array(101).fill(0))],
    ["too deep", `${"[".repeat(30)}${"]".repeat(30)}`],
    ["deeper than any stack", `${"[".repeat(400_000)}${"]".repeat(400_000)}`],
    ["none", [["_1_a", "b"]]],
    [
      "twice",
      [
        ["0", "[]"],
        ["0", "[]"],
      ],
    ],
    [
      "a name that is zero too",
      [
        ["0", "[]"],
        ["", "[]"],
      ],
    ],
    [
      "a second part",
      [
        ["0", "[]"],
        ["1", "[]"],
      ],
    ],
  ])("are refused: %s", (_, body) => {
    expect(flawOfCall(body)).toBe("malformed_request");
  });
});
