import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Message } from "../../../src/kernel/wire";
import { isBuilt } from "../../support/built";
import { KernelClient } from "../../support/kernel-client";

// Cells of this file reach the kernel's channels as the library does: through the host.
const COMMS = `const comms = (globalThis as any)[Symbol.for("specbook.host")].comms;
let last: any; const got: any[] = [];
comms.accept("echo", (comm: any, data: any) => {
  last = comm;
  comm.send({ opened: data });
  comm.onMessage((data: any, buffers: Uint8Array[]) => {
    got.push(data);
    comm.send({ echo: data }, buffers);
  });
  comm.onClose(() => got.push("closed"));
});`;

const MEGABYTES = 4 * 1024 * 1024;

describe.skipIf(!isBuilt)("comms", () => {
  let kernel: KernelClient;

  beforeAll(async () => {
    kernel = await KernelClient.start();
    expect((await kernel.run(COMMS)).status).toBe("ok");
  }, 120_000);
  afterAll(async () => {
    expect(await kernel?.close()).toBe(0);
    expect(kernel?.stderr).toBe("");
  });

  const open = (id: string, target = "echo") =>
    kernel.comm("comm_open", { comm_id: id, target_name: target, data: { hello: 1 } });
  const send = (id: string, data: unknown, buffers?: readonly Uint8Array[]) =>
    kernel.comm("comm_msg", { comm_id: id, data }, buffers);
  const types = (messages: readonly Message[]) => messages.map(({ header }) => header.msg_type);

  test("answer what a front end opens and sends, between busy and idle", async () => {
    const [opened] = await open("one");
    expect(opened.content).toEqual({ comm_id: "one", data: { opened: { hello: 1 } } });
    const [echo] = await send("one", { x: [1, 2] });
    expect(echo.content).toEqual({ comm_id: "one", data: { echo: { x: [1, 2] } } });
    expect((await kernel.request("comm_info_request", {})).comms).toEqual({ one: { target_name: "echo" } });
    expect((await kernel.request("comm_info_request", { target_name: "other" })).comms).toEqual({});
    await kernel.comm("comm_close", { comm_id: "one", data: {} });
    expect((await kernel.request("comm_info_request", {})).comms).toEqual({});
    expect((await kernel.run("got")).result).toContain("closed");
    expect((await kernel.run("last.send({ late: true }); comms.knows('echo') && !comms.knows('unheard')")).result).toBe(
      "true",
    );
  });

  test("carry 4 MB of bytes both ways as they are", async () => {
    await open("bytes");
    const bytes = Uint8Array.from({ length: MEGABYTES }, (_, i) => (i * 7) & 255);
    const [{ buffers }] = await send("bytes", {}, [bytes, new Uint8Array(0), bytes.subarray(1, 4)]);
    expect(buffers.map((buffer) => buffer.length)).toEqual([MEGABYTES, 0, 3]);
    expect(buffers[0].equals(bytes)).toBe(true);
    expect([...buffers[2]]).toEqual([7, 14, 21]);
  });

  test("send bytes as they were, though the array is filled anew at once", async () => {
    await open("reused");
    const heard: Message[] = [];
    kernel.hear = (message) => {
      if (message.content.comm_id === "reused") heard.push(message);
    };
    await kernel.run(`const frame = new Uint8Array(${MEGABYTES});
for (let i = 1; i <= 8; i++) { frame.fill(i); last.send({ i }, [frame]); }`);
    await expect.poll(() => heard.length).toBe(8);
    expect(heard.map(({ content, buffers: [frame] }) => [content.data.i, frame[0], frame[MEGABYTES - 1]])).toEqual(
      Array.from({ length: 8 }, (_, i) => [i + 1, i + 1, i + 1]),
    );
    kernel.hear = () => {};
  });

  test("are closed where nobody knows the target, or the channel", async () => {
    const [refused] = await open("stray", "nobody");
    expect([refused.header.msg_type, refused.content.comm_id]).toEqual(["comm_close", "stray"]);
    expect(types(await send("never-opened", {}))).toEqual(["comm_close"]);
  });

  test("are answered in order while a cell awaits, and the cell stays busy", async () => {
    await open("during");
    const states: string[] = [];
    kernel.hear = ({ header, content }) => {
      if (header.msg_type === "status") states.push(content.execution_state);
    };
    let isDone = false;
    const cell = kernel
      .run("for (let i = 0; i < 100; i++) await new Promise((f) => setTimeout(f, 10)); 'end'")
      .finally(() => {
        isDone = true;
      });
    await expect.poll(() => states.includes("busy")).toBe(true);
    for (let i = 0; i < 10; i++) {
      const [{ content }] = await send("during", { i });
      expect(content.data).toEqual({ echo: { i } });
    }
    expect(isDone).toBe(false);
    await expect.poll(() => states.at(-1)).toBe("busy"); // else a front end shows "idle" beside a running cell
    expect((await cell).result).toBe("'end'");
    await expect.poll(() => states.at(-1)).toBe("idle");
    kernel.hear = () => {};
  });

  test("show what a listener prints or throws, and the kernel lives on", async () => {
    await kernel.run(`comms.accept("faulty", (comm: any) => comm.onMessage(async (data: any) => {
  console.log("heard", data.n);
  if (data.n === 1) throw new Error("at once");
  await null;
  throw new Error("later");
}));`);
    await open("bad", "faulty");
    for (const [n, message] of [
      [1, "at once"],
      [2, "later"],
    ] as const) {
      const heard: Message[] = [];
      kernel.hear = (one) => {
        if (one.header.msg_type === "stream") heard.push(one);
      };
      await send("bad", { n });
      await expect.poll(() => heard.map(({ content }) => content.text).join("")).toContain(message);
      const text = heard.map(({ content }) => content.text).join("");
      expect(text).toContain(`heard ${n}`);
      expect(text).toMatch(/cell\[\d+\]\.ts:\d/);
      expect(heard.every(({ parent }) => parent.msg_type === "comm_msg")).toBe(true);
    }
    kernel.hear = () => {};
    expect((await kernel.run("1 + 1")).result).toBe("2");
  });

  test("callbacks bound to a cell print there; what it has shown ends when it runs again or is deleted", async () => {
    const host = `(globalThis as any)[Symbol.for("specbook.host")]`;
    const bind = `comms.accept("bound", (comm: any) => comm.onMessage(bound)); const bound = ${host}.bind(() => console.log("at home"));`;
    let home = "";
    const parents: (string | undefined)[] = [];
    kernel.hear = ({ header, parent, content }) => {
      if (header.msg_type === "execute_input") home = parent.msg_id ?? "";
      if (header.msg_type === "stream" && content.text.includes("at home")) parents.push(parent.msg_id);
    };
    await kernel.run(bind);
    const cell = home;
    await kernel.run("'another cell'");
    await open("bound", "bound");
    await send("bound", {});
    await expect.poll(() => parents).toEqual([cell]);
    kernel.hear = () => {};

    await kernel.run("const gone: string[] = []");
    const watch = (name: string) =>
      kernel.run(`${host}.whenGone(() => gone.push("${name}"))`, { metadata: { cellId: name } });
    await watch("a");
    await watch("b");
    expect((await kernel.run("gone")).result).toBe("[]");
    await watch("a");
    expect((await kernel.run("gone")).result).toBe("[ 'a' ]");
    expect((await kernel.run("gone", { metadata: { deletedCells: ["b", "x"] } })).result).toBe("[ 'a', 'b' ]");
  });
});
