import { realpathSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KernelClient } from "../../support/kernel-client";
import { temporaryFolder } from "../../support/temporary-folder";

let kernel: KernelClient;
const directory = realpathSync(temporaryFolder());
beforeAll(async () => {
  kernel = await KernelClient.start({ cwd: directory });
});
afterAll(() => kernel.close());

const SPEC = `({ $schema: "https://vega.github.io/schema/vega-lite/v5.json", title: "one point",
  data: { values: [{ a: 1 }] }, mark: "point", encoding: { x: { field: "a", type: "quantitative" } } })`;

describe("a cell", () => {
  test("returns its last expression, and nothing for undefined or a declaration", async () => {
    expect(await kernel.run("6 * 7")).toMatchObject({ status: "ok", result: "42", text: "" });
    expect((await kernel.run("const six = 6")).result).toBeUndefined();
    expect((await kernel.run("undefined")).result).toBeUndefined();
  });

  test("runs in the notebook's folder with the library there without an import, values and types", async () => {
    expect((await kernel.run("process.cwd()")).result).toBe(`'${directory}'`);
    const run = await kernel.run('const energy: Axis = axis("energy", 10, { units: "eV" }); axisValues(energy)');
    expect(run.result).toBe("Float64Array(10) [ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 ]");
    const wrong = await kernel.run('axis("energy", "ten")');
    expect(wrong.error?.value).toContain("TS2345");
  });

  test("imports the same library by name, and vega, vega-lite and an ES module from any folder", async () => {
    const { result, error } = await kernel.run(`import * as own from "specbook"; import { compile } from "vega-lite";
      import { View } from "vega"; import * as h5 from "h5wasm/node"; import { readFileSync } from "node:fs";
      [own.axis === axis, typeof compile, typeof View, typeof h5.File, typeof readFileSync]`);
    expect([error, result]).toEqual([undefined, "[ true, 'function', 'function', 'function', 'function' ]"]);
  });

  test("draws a chart that is its last expression, also one that comes by a promise", async () => {
    for (const code of [SPEC, `Promise.resolve(${SPEC})`]) {
      const { outputs } = await kernel.run(code);
      const { data, metadata } = outputs.at(-1)!.content;
      expect(data["application/vnd.vegalite.v5+json"].mark).toBe("point");
      expect(metadata["image/png"].width).toBe(
        Math.round(Buffer.from(data["image/png"], "base64").readUInt32BE(16) / 1.5),
      );
      expect(Buffer.from(data["image/png"], "base64").subarray(1, 4).toString()).toBe("PNG");
      expect(data["text/plain"]).toContain("one point");
    }
  });

  test("shows objects the way they ask for", async () => {
    const { outputs } = await kernel.run(`({ [Symbol.for("Jupyter.display")]: () => ({ "text/html": "<i>i</i>" }) })`);
    expect(outputs.at(-1)?.content.data).toEqual({ "text/html": "<i>i</i>" });
  });

  test("shows bundles at once, replaces them in place, and prints no handle", async () => {
    const { outputs } = await kernel.run(`const shown = displayBundle({ "text/plain": "1" });
      clearOutput(true); shown.update({ "text/plain": "2", "image/png": new Uint8Array([1, 2]) }); shown`);
    expect(outputs.map(({ type }) => type)).toEqual(["display_data", "clear_output", "update_display_data"]);
    expect(outputs[2].content.data).toEqual({ "text/plain": "2", "image/png": "AQI=" });
    expect(outputs[2].content.metadata).toEqual({});
    expect(outputs[2].content.transient).toEqual(outputs[0].content.transient);
  });

  test("keeps its variables after an error, and gives back what was sent behind it unrun", async () => {
    const failing = kernel.run("const kept = 5; throw new Error('stop here')");
    const behind = kernel.run("globalThis.ran = true");
    expect((await failing).error).toMatchObject({ name: "Error", value: "stop here" });
    const { status, reply } = await behind;
    expect([status, reply.execution_count]).toEqual(["aborted", undefined]);
    expect((await kernel.run("[kept, (globalThis as any).ran]")).result).toBe("[ 5, undefined ]");
    const first = kernel.run("throw 1", { content: { stop_on_error: false } });
    const second = kernel.run("'runs'");
    expect((await first).status).toBe("error");
    expect((await second).result).toBe("'runs'");
  });

  test("cannot end the kernel by process.exit", async () => {
    expect((await kernel.run("process.exit(1)")).error?.value).toContain("Restart");
    expect((await kernel.run("1")).result).toBe("1");
  });

  test("that is silent shows nothing and does not count", async () => {
    const before = (await kernel.run("0")).reply.execution_count;
    const { outputs, status } = await kernel.run("'unseen'", { content: { silent: true } });
    expect([outputs, status]).toEqual([[], "ok"]);
    expect((await kernel.run("0")).reply.execution_count).toBe(before + 1);
  });

  test("asks the user for input, and says so where there is nobody to ask", async () => {
    kernel.answer = (prompt) => `answer to ${prompt}`;
    expect((await kernel.run("await prompt('name?')")).result).toBe("'answer to name?'");
    const { error } = await kernel.run("await prompt()", { content: { allow_stdin: false } });
    expect(error?.value).toContain("nobody can answer");
  });
});

describe("output", () => {
  test("of 10,000 lines is complete and in order, in few messages", async () => {
    const { text, outputs } = await kernel.run("for (let i = 0; i < 10000; i++) console.log('line', i)");
    expect(text).toBe(Array.from({ length: 10_000 }, (_, i) => `line ${i}\n`).join(""));
    expect(outputs.length).toBeLessThan(200);
  });

  test("of 3,000 displays is complete and in order", async () => {
    const { outputs } = await kernel.run("for (let i = 0; i < 3000; i++) displayBundle({ 'text/plain': String(i) })");
    expect(outputs.map(({ content }) => content.data["text/plain"])).toEqual(
      Array.from({ length: 3000 }, (_, i) => String(i)),
    );
  });

  test("keeps the order of stdout, stderr and displays", async () => {
    const { outputs } = await kernel.run(
      "console.log('a'); console.error('b'); displayBundle({ 'text/plain': 'c' }); process.stdout.write('d'); 'e'",
    );
    expect(outputs.map(({ content }) => content.text ?? content.data["text/plain"])).toEqual([
      "a\n",
      "b\n",
      "c",
      "d",
      "'e'",
    ]);
    expect(outputs.map(({ content }) => content.name)).toEqual(["stdout", "stderr", undefined, "stdout", undefined]);
  });

  test("of work that goes on in the background belongs to the cell that started it", async () => {
    const first = await kernel.run("const ticking = setInterval(() => console.log('from the first'), 20)");
    const before = first.outputs.length;
    const second = await kernel.run(
      "await new Promise((r) => setTimeout(r, 150)); clearInterval(ticking); console.log('from the second')",
    );
    expect(second.text).toBe("from the second\n");
    const late = first.outputs.slice(before).map(({ content }) => content.text);
    expect(late.join("")).toMatch(/^(from the first\n)+$/);
  });

  test("tells of errors that nobody caught, with the line of the cell", async () => {
    const rejected = await kernel.run("Promise.reject(new Error('left alone')); 1");
    expect(rejected.status).toBe("ok");
    expect(rejected.text).toMatch(/Unhandled rejection: Error: left alone\n.*cell\[\d+\]\.ts:1/);
    const thrown = await kernel.run(
      "setTimeout(() => { throw new Error('in a timer') }, 1);\nawait new Promise((r) => setTimeout(r, 50))",
    );
    expect(thrown.text).toMatch(/Uncaught Error: in a timer\n.*cell\[\d+\]\.ts:1/);
    expect((await kernel.run("1")).result).toBe("1");
  });
});

describe("requests", () => {
  test("kernel_info names the language and both versions", async () => {
    const info = await kernel.request("kernel_info_request", {});
    expect(info).toMatchObject({ status: "ok", implementation: "specbook", protocol_version: "5.3" });
    expect(info.language_info).toMatchObject({ name: "typescript", version: "5.0.4", file_extension: ".ts" });
  });

  test("completion and inspection count in code points and are answered while a cell runs", async () => {
    const cell = kernel.run("await new Promise((r) => setTimeout(r, 1500)); 'done'");
    const code = "'𝄞𝄞'; axisVal";
    const answer = await kernel.request("complete_request", { code, cursor_pos: [...code].length });
    expect(answer).toMatchObject({ status: "ok", cursor_start: 6, cursor_end: 13 });
    expect(answer.matches).toContain("axisValues");
    const { found, data } = await kernel.request("inspect_request", {
      code: "axisValues",
      cursor_pos: 3,
      detail_level: 0,
    });
    expect(found).toBe(true);
    expect(data["text/plain"]).toContain("values along an axis");
    expect((await cell).result).toBe("'done'");
  });

  test("history, is_complete, comm_info and connect are answered", async () => {
    await kernel.run("'for the history'");
    const { history } = await kernel.request("history_request", { hist_access_type: "tail", n: 1, output: true });
    expect(history[0][2]).toEqual(["'for the history'", "'for the history'"]);
    expect(await kernel.request("is_complete_request", { code: "if (a) {" })).toEqual({
      status: "incomplete",
      indent: "  ",
    });
    expect(await kernel.request("comm_info_request", {})).toEqual({ status: "ok", comms: {} });
    expect(await kernel.request("connect_request", {})).toHaveProperty("iopub_port");
  });

  test("a code that confuses the compiler does not end completion", async () => {
    for (const code of ["", "}}}}", "`${", "class {", "import {", "@", "\u0000"]) {
      expect((await kernel.request("complete_request", { code, cursor_pos: code.length })).status).toBeDefined();
    }
    expect((await kernel.run("1")).result).toBe("1");
  });
});

test("a kernel that shuts down exits with 0 and has written nothing by itself", async () => {
  const own = await KernelClient.start();
  await own.run("setInterval(() => {}, 1000); 1");
  expect(await own.close()).toBe(0);
  expect(own.stderr).toBe("");
});
