import { describe, expect, test } from "vitest";
import { collectOutputs } from "../../src/cli/jupyter/cell-outputs";
import { type Content, type Message, request } from "../../src/cli/jupyter/messages";

const message = (type: string, content: Content): Message => request("iopub", type, content, "test");
const stream = (text: string, name = "stdout") => message("stream", { name, text });
const shown = (text: string, id?: string, type = "display_data") =>
  message(type, { data: { "text/plain": text }, metadata: {}, transient: id === undefined ? {} : { display_id: id } });

function outputsOf(...messages: Message[]) {
  const collector = collectOutputs();
  const outputs = collector.begin();
  for (const one of messages) collector.take(one);
  return outputs;
}

describe("outputs of a cell", () => {
  test("join text of one stream and keep streams apart", () => {
    const outputs = outputsOf(stream("a\n"), stream("b"), stream("c\n"), stream("no", "stderr"), stream("d"));
    expect(outputs).toEqual([
      { output_type: "stream", name: "stdout", text: "a\nbc\n" },
      { output_type: "stream", name: "stderr", text: "no" },
      { output_type: "stream", name: "stdout", text: "d" },
    ]);
  });

  test("hold what a terminal shows after carriage returns", () => {
    expect(outputsOf(stream("10 %\r"), stream("20 %\rdone\nnext\r\n"))).toEqual([
      { output_type: "stream", name: "stdout", text: "done\nnext\n" },
    ]);
  });

  test("hold a live display once, in its last state, also when a later cell updates it", () => {
    const collector = collectOutputs();
    const first = collector.begin();
    collector.take(shown("0", "loss"));
    collector.take(stream("between"));
    for (let i = 1; i < 50; i++) collector.take(shown(String(i), "loss", "update_display_data"));
    const second = collector.begin();
    collector.take(shown("of the next cell", "loss", "update_display_data"));
    expect(first.map((output) => "data" in output && output.data)).toEqual([
      { "text/plain": "of the next cell" },
      false,
    ]);
    expect(second).toEqual([]);
    expect(JSON.stringify(first)).not.toContain("display_id");
  });

  test("are emptied by clear_output, at once or before the next output", () => {
    expect(outputsOf(stream("a"), message("clear_output", { wait: false }))).toEqual([]);
    expect(outputsOf(stream("a"), message("clear_output", { wait: true }))).toHaveLength(1);
    expect(outputsOf(stream("a"), message("clear_output", { wait: true }), shown("b"))).toMatchObject([
      { data: { "text/plain": "b" } },
    ]);
  });

  test("keep an error with its traceback", () => {
    const error = { ename: "ShapeError", evalue: "bad", traceback: ["line 1", "line 2"] };
    expect(outputsOf(message("error", error))).toEqual([{ output_type: "error", ...error }]);
  });
});
