import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Subscriber } from "zeromq";
import { decode } from "../../../src/kernel/wire";
import { KernelClient } from "../../support/kernel-client";

let kernel: KernelClient;
beforeAll(async () => {
  kernel = await KernelClient.start();
});
afterAll(() => kernel.close());

const inspect = async (code: string, detail_level = 0) =>
  kernel.request("inspect_request", { code, cursor_pos: code.length, detail_level });

describe("displays", () => {
  test("are updated by a later cell, under the same id", async () => {
    const first = await kernel.run("const shown = displayBundle({ 'text/plain': 'before' });");
    const second = await kernel.run("shown.update({ 'text/plain': 'after' });");
    expect(second.outputs).toEqual([
      {
        type: "update_display_data",
        content: { data: { "text/plain": "after" }, metadata: {}, transient: first.outputs[0].content.transient },
      },
    ]);
  });
});

describe("inspection", () => {
  test("gives signature, documentation and every tag of the JSDoc", async () => {
    await kernel.run(`/**
 * Energy of a photon.
 *
 * @param wavelength in nm
 * @returns the energy in eV
 * @throws RangeError for a wavelength of 0
 * @example
 * photonEnergy(500)
 */
function photonEnergy(wavelength: number): number { return 1239.84 / wavelength }`);
    const { found, data } = await inspect("photonEnergy");
    expect(found).toBe(true);
    expect(data["text/plain"]).toBe(`function photonEnergy(wavelength: number): number

Energy of a photon.

@param wavelength in nm
returns: the energy in eV
throws: RangeError for a wavelength of 0
example:
    photonEnergy(500)`);
  });

  test("of a name of the library shows no trace of how it came into the cell", async () => {
    const text: string = (await inspect("await nmf")).data["text/plain"];
    expect(text).toMatch(/^function nmf\(/);
    expect(text).not.toMatch(/alias|import nmf/);
    expect(text).toContain("Non-negative matrix factorisation");
  });

  test("finds nothing where nothing is known", async () => {
    expect(await inspect("notAName")).toMatchObject({ status: "ok", found: false, data: {} });
    expect(await inspect("")).toMatchObject({ status: "ok", found: false, data: {} });
  });
});

describe("a question", () => {
  const page = async (code: string) => {
    const { reply, outputs } = await kernel.run(code);
    expect([reply.status, outputs]).toEqual(["ok", []]);
    return reply.payload[0];
  };

  test.each(["axis?", "?axis", "axis ??", " axis?;\n"])("%j is answered by a page of documentation", async (code) => {
    const { source, data, start } = await page(code);
    expect([source, start]).toEqual(["page", 0]);
    expect(data["text/plain"]).toMatch(/^function axis\(name: string[\s\S]*checked, frozen axis/);
  });

  test("may ask for a method, and for a type", async () => {
    expect((await page("Math.sqrt?")).data["text/plain"]).toContain("square root");
    expect((await page("SpectrumImage?")).data["text/plain"]).toMatch(/^interface SpectrumImage/);
  });

  test("about nothing says so, and is no error", async () => {
    expect((await page("notAName?")).data["text/plain"]).toContain("Nothing is known of 'notAName'");
  });

  test("needs no second line; a conditional expression is no question", async () => {
    expect(await kernel.request("is_complete_request", { code: "nmf?" })).toEqual({ status: "complete" });
    expect((await kernel.run("const yes = true; yes ? 1 : 2")).result).toBe("1");
    expect((await kernel.run("Math?.PI > 3")).result).toBe("true");
  });
});

describe("the output channel", () => {
  test("greets every client that subscribes", async () => {
    const socket = new Subscriber({ receiveTimeout: 20_000 });
    const { iopub_port } = await kernel.request("connect_request", {});
    socket.connect(`tcp://127.0.0.1:${iopub_port}`);
    socket.subscribe();
    // what answers the request above may still be on its way, and comes first then; without a greeting this times out
    let message = decode("", await socket.receive());
    while (message.header.msg_type === "status") message = decode("", await socket.receive());
    socket.close();
    expect(message.header.msg_type).toBe("iopub_welcome");
    expect(message.content).toEqual({ subscription: "" });
  });
});

// What `kill -INT` does. Front ends send the message instead, which also ends a synchronous stretch behind an await: node
// hands a signal to JavaScript only when that is idle.
describe.skipIf(process.platform === "win32")("an interrupt by signal", () => {
  test.each([
    ["a promise that never settles", "await new Promise(() => {})"],
    ["an async loop", "for (;;) await new Promise((r) => setTimeout(r, 3))"],
    ["a synchronous loop", "for (;;);"],
  ])("ends %s; the variables stay", async (_, code) => {
    await kernel.run("const kept = 42;");
    const { error } = await kernel.run(code, { stopAfter: 500, stopBy: "SIGINT" });
    expect(error?.name).toBe("KeyboardInterrupt");
    expect((await kernel.run("kept")).result).toBe("42");
  });
});

describe("shutdown", () => {
  test.each([
    ["shell", true],
    ["control", false],
  ] as const)("by %s is answered, restart %s is given back, and the process ends with 0", async (channel, restart) => {
    const own = await KernelClient.start();
    await own.run("setInterval(() => {}, 1000);");
    const reply = await own.request("shutdown_request", { restart }, channel);
    expect(reply).toEqual({ status: "ok", restart });
    expect(await own.ended()).toBe(0);
    await own.close();
  });
});
