import { describe, expect, test } from "vitest";
import { readForm } from "@/lib/browser-form";

const boundary = "----WebKitFormBoundaryAbCdEf0123456789";
const type = `multipart/form-data; boundary=${boundary}`;
const write = (...parts: string[]) =>
  `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join("")}--${boundary}--\r\n`;
const field = (name: string, text: string) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${text}`;

describe("a form as browsers write it", () => {
  test("is read whole: any text, also one that looks like a part, and the names that browsers encode", () => {
    const texts = [
      "",
      "a",
      "\uFEFFmarked",
      "a\r\nb\n\r\n",
      `--${boundary.slice(0, -1)}`,
      "\r\n--",
      field("b", "c"),
      "ü🎈\0",
    ];
    const names = ["a", "", "__proto__", "a%22b%0D%0Ac", "50%", "a\\", "ü"];
    for (const text of texts)
      expect(readForm(write(field("a", text), field("b", "")), type)).toEqual([
        ["a", text],
        ["b", ""],
      ]);
    expect(readForm(write(...names.map((name) => field(name, "x"))), type)?.map(([name]) => name)).toEqual([
      ...["a", "", "__proto__", 'a"b\r\nc', "50%", "a\\", "ü"],
    ]);
    expect(readForm(write(), type)).toEqual([]);
  });

  test("is what Node writes, too", async () => {
    const form = new FormData();
    form.append('a"\nb', "1\n2");
    form.append("c", "");
    const written = new Response(form);
    const contentType = written.headers.get("content-type") ?? "";
    expect(readForm(await written.text(), contentType)).toEqual([
      ['a"\r\nb', "1\r\n2"],
      ["c", ""],
    ]);
  });
});

// Each of them Next's parsers read differently from each other, or fail on.
test.each<[string, string, string?]>([
  [
    "a file",
    write(`Content-Disposition: form-data; name="a"; filename="a"\r\nContent-Type: text/plain\r\n\r\nx`),
  ],
  [
    "a type of its own",
    write(`Content-Disposition: form-data; name="0"\r\nContent-Type: application/octet-stream\r\n\r\n[]`),
  ],
  [
    "a charset",
    write(`Content-Disposition: form-data; name="0"\r\nContent-Type: text/plain; charset=utf-16le\r\n\r\n[]`),
  ],
  [
    "an encoding",
    write(`Content-Disposition: form-data; name="0"\r\nContent-Transfer-Encoding: base64\r\n\r\nW10=`),
  ],
  ["another header before", write(`X-A: b\r\n${field("0", "[]")}`)],
  ["no name", write("Content-Disposition: form-data\r\n\r\nx")],
  ["a name that is too long", write(field("a".repeat(2_001), "x"))],
  ["a name with a control character", write(field("a\0", "x"))],
  ["a name with the last control character", write(field("a\x7F", "x"))],
  ["a name that is marked", write(field("\uFEFF0", "[]"))],
  ["a name in another case", write(field("0", "[]").replace("name", "Name"))],
  ["its boundary within a text", write(field("a", `x${boundary}`))],
  ["a part that is cut off", `--${boundary}\r\n${field("a", "x")}`],
  ["an end that is missing", `--${boundary}\r\n${field("a", "x")}\r\n`],
  ["nothing", ""],
  ["something before", `x${write(field("a", "x"))}`],
  ["something after", `${write(field("a", "x"))}x`],
  ["no boundary", write(field("a", "x")), "multipart/form-data"],
  ["another boundary", write(field("a", "x")), `${type}x`],
  ["a short boundary", "--x\r\n--x--", "multipart/form-data; boundary=x"],
  ["an odd parameter", write(field("a", "x")), `${type}; =`],
  ["an empty parameter", write(field("a", "x")), `multipart/form-data; ; boundary=${boundary}`],
  ["a quotation mark", write(field("a", "x")), `multipart/form-data; boundary="${boundary}`],
])("a form with %s is none", (_, body, contentType = type) => {
  expect(readForm(body, contentType)).toBeNull();
});
