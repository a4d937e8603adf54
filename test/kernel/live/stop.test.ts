import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KernelClient } from "../../support/kernel-client";
import { AFTER, KINDS, SETUP, TIDY } from "../soak/kinds";
import { soakTraining } from "../soak/training";

let kernel: KernelClient;
beforeAll(async () => {
  kernel = await KernelClient.start();
  const { error } = await kernel.run(SETUP);
  if (error) throw new Error(error.traceback);
});
afterAll(() => kernel.close());

// a loaded machine may take longer to compile a cell than a stop waits: these cells say when they have begun
const PRINTED = { stopAfter: 200, stopWhenPrinted: true };

describe("stop ends", () => {
  test.each(Object.entries(KINDS))("%s; variables stay and nothing ticks on", async (kind, code) => {
    const { status, error } = await kernel.run(code, { stopAfter: 150 });
    expect([status, error?.name]).toEqual(["error", "KeyboardInterrupt"]);
    const after = await kernel.run(AFTER);
    const [left, ticked, cleaned] = JSON.parse(after.result!.slice(1, -1));
    expect([left, ticked]).toEqual([{ answer: 42, list: [1, 2, 3] }, 0]);
    if (TIDY.includes(kind)) expect(cleaned).toBe(-1);
  });
});

test("interrupted training leaves no tensor behind", async () => {
  const { stopped, kept, tensors } = await soakTraining({ interrupts: 3 });
  expect([stopped, kept, tensors.after]).toEqual([3, 3, tensors.before]);
}, 300_000);

describe("stop", () => {
  test("lets finally blocks finish, with loops and awaits in them", async () => {
    const code =
      "let tidy = 0; console.log('begun'); try { for (;;) await sleep(2) } finally { for (let i = 0; i < 1e5; i++) tidy = i; await sleep(20); tidy = -1 }";
    expect((await kernel.run(code, PRINTED)).error?.name).toBe("KeyboardInterrupt");
    expect((await kernel.run("tidy")).result).toBe("-1");
  });

  test("lets training come back: its record is assigned, the message tells the kept epoch, the cell goes no further", async () => {
    const { error, text } = await kernel.run(
      "console.log('begun'); const record = await training(1e6);\nconsole.log('not reached');",
      PRINTED,
    );
    expect(error?.value).toMatch(/^the cell was stopped: the model keeps the weights of epoch \d+$/);
    expect(text).toBe("begun\n");
    expect((await kernel.run("record.state")).result).toBe("'stopped'");
  });

  test("says all that stopped work said when it gave up, as fit does", async () => {
    const code = `const giveUp = async () => {
        const signal = stopSignal();
        while (!signal.aborted) await sleep(5);
        throw new SpecbookError("CancelledError", "the training was stopped",
          { got: "a stop in epoch 7", needed: "nothing: the model holds the weights of epoch 5", remedy: "go on" });
      };
      console.log("begun"); await giveUp()`;
    const { error } = await kernel.run(code, PRINTED);
    expect(error?.name).toBe("KeyboardInterrupt");
    expect(error?.value).toMatch(
      /^the cell was stopped: the training was stopped\n.*a stop in epoch 7\n.*weights of epoch 5/,
    );
  });

  test("does not wait for work that ignores the signal", async () => {
    const code = "console.log('begun'); const ignored = stopSignal(); await new Promise(() => {})";
    expect((await kernel.run(code, PRINTED)).error?.name).toBe("KeyboardInterrupt");
  });

  test("aborts what was given the signal", async () => {
    const code = `console.log("begun"); const reason = await new Promise((done) => stopSignal().addEventListener("abort", () => done("heard")));`;
    expect((await kernel.run(code, PRINTED)).error?.name).toBe("KeyboardInterrupt");
    expect((await kernel.run("reason")).result).toBe("'heard'");
  });

  test("says where the cell was", async () => {
    const { error } = await kernel.run("console.log('begun');\nawait new Promise(() => {});", PRINTED);
    expect(error?.traceback).toMatch(/^KeyboardInterrupt: the cell was stopped\n {4}at cell\[\d+\]\.ts:2/);
  });

  test("between cells does nothing to the next one", async () => {
    await kernel.stop();
    expect((await kernel.run("let turns = 0; for (let i = 0; i < 1e6; i++) turns++; turns")).result).toBe("1000000");
  });

  test.each([0, 1, 5, 20])("pressed %i ms after a cell was sent, while it is compiled, ends it", async (ms) => {
    const code = "for (;;) { try { await sleep(3); ticks.count++ } catch {} }";
    const running = kernel.run(code);
    await new Promise((wait) => setTimeout(wait, ms));
    await kernel.stop();
    const second = setTimeout(() => kernel.stop(), 5000); // sent so early that the kernel had not even heard of the cell
    expect((await running).error?.name).toBe("KeyboardInterrupt");
    clearTimeout(second);
  });

  test("also ends what a stopped cell left behind: a timer that blocks everything", async () => {
    const code = "console.log('begun'); setTimeout(spin, 400); await new Promise(() => {})";
    expect((await kernel.run(code, PRINTED)).error?.name).toBe("KeyboardInterrupt");
    await new Promise((wait) => setTimeout(wait, 300)); // the timer has fired
    expect((await kernel.run("kept.answer")).result).toBe("42");
  });

  test("takes back the cells that wait", async () => {
    const first = kernel.run("for (;;);", { stopAfter: 100 });
    const second = kernel.run("1");
    expect((await first).status).toBe("error");
    expect((await second).status).toBe("aborted");
  });

  test("leaves the kernel answering heartbeats while it is blocked", async () => {
    const blocked = kernel.run("busy(60000)", { stopAfter: 500 });
    expect(await kernel.beat()).toBe("ping");
    expect((await blocked).status).toBe("error");
  });
});

test("a kernel that hangs in native code can still be shut down", async () => {
  const own = await KernelClient.start();
  await own.run("1");
  void own.run('await new Promise((r) => setTimeout(r, 5)); /^(a+)+$/.test("a".repeat(60) + "b")');
  await new Promise((wait) => setTimeout(wait, 500));
  expect(await own.close()).toBeNull(); // killed by its own control thread
});
