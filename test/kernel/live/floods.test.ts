import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CellOutput, KernelClient } from "../../support/kernel-client";

const COUNT = 10_000;
const ENGINE = resolve(__dirname, "../../../dist/engine/index.js");

let kernel: KernelClient;
beforeAll(async () => {
  kernel = await KernelClient.start();
});
afterAll(() => kernel.close());

const upTo = <T>(make: (i: number) => T) => Array.from({ length: COUNT }, (_, i) => make(i));
const plain = ({ content }: CellOutput) => content.data["text/plain"];

// Each run waits for the reply and for idle: a status that is lost is a test that ends by its time limit.
describe("10,000 outputs of one cell are complete and in order", () => {
  test("of displays in one synchronous stretch", async () => {
    const { outputs } = await kernel.run(
      `for (let i = 0; i < ${COUNT}; i++) displayBundle({ "text/plain": String(i) })`,
    );
    expect(outputs.map(plain)).toEqual(upTo(String));
  });

  test("of updates of one display", async () => {
    const { outputs } = await kernel.run(
      `const one = displayBundle({ "text/plain": "first" }); for (let i = 0; i < ${COUNT}; i++) one.update({ "text/plain": String(i) });`,
    );
    expect(outputs.slice(1).map(plain)).toEqual(upTo(String));
  });

  test("of stdout and stderr in turn", async () => {
    const { outputs } = await kernel.run(
      `for (let i = 0; i < ${COUNT / 2}; i++) { console.log(2 * i); console.error(2 * i + 1) }`,
    );
    expect(outputs.map(({ content: { name, text } }) => [name, text])).toEqual(
      upTo((i) => [i % 2 === 0 ? "stdout" : "stderr", `${i}\n`]),
    );
  });

  test("of lines, displays and errors in turn, of a cell that awaits between them", async () => {
    const { outputs, error } = await kernel.run(
      `for (let i = 0; i < ${COUNT}; i++) {
         if (i % 3 === 0) console.log(i); else if (i % 3 === 1) console.error(i); else displayBundle({ "text/plain": String(i) });
         if (i % 100 === 0) await new Promise((r) => setImmediate(r));
       }
       throw new Error("the end")`,
    );
    expect(outputs.slice(0, COUNT).map(({ content }) => content.text?.trimEnd() ?? content.data["text/plain"])).toEqual(
      upTo(String),
    );
    expect([outputs.length, error?.value]).toEqual([COUNT + 1, "the end"]);
  });
});

test("100 cells sent at once are all answered, each with its own output", async () => {
  const runs = await Promise.all(Array.from({ length: 100 }, (_, i) => kernel.run(`console.log("of ${i}"); ${i}`)));
  expect(runs.map(({ text, result }) => `${text}${result}`)).toEqual(runs.map((_, i) => `of ${i}\n${i}`));
  const counts = runs.map(({ reply }) => reply.execution_count);
  expect(counts).toEqual(counts.map((_, i) => counts[0] + i));
});

describe("the heartbeat answers", () => {
  const beatsDuring = async (code: string) => {
    let ended = false;
    const cell = kernel.run(code).then((run) => {
      ended = true;
      return run;
    });
    let beats = 0;
    let slowest = 0;
    while (!ended) {
      const start = performance.now();
      expect(await kernel.beat()).toBe("ping");
      slowest = Math.max(slowest, performance.now() - start);
      beats++;
      await new Promise((wait) => setTimeout(wait, 50));
    }
    expect((await cell).error).toBeUndefined();
    return { beats, slowest, result: Number((await cell).result) };
  };
  // the cell measures its own stretch: what counts is that many beats came within it
  const expectBeats = ({ beats, slowest, result: ms }: { beats: number; slowest: number; result: number }) => {
    expect(ms).toBeGreaterThan(500);
    expect(slowest).toBeLessThan(ms / 2);
    expect(beats).toBeGreaterThan(3);
  };

  test("while node computes in one long call", async () => {
    expectBeats(
      await beatsDuring(`import { pbkdf2Sync } from "node:crypto";
        const begin = performance.now(); while (performance.now() - begin < 1000) pbkdf2Sync("a", "b", 100_000, 64, "sha512");
        performance.now() - begin`),
    );
  });

  test("while TensorFlow computes", async () => {
    expectBeats(
      await beatsDuring(`const { tf } = await require(${JSON.stringify(ENGINE)}).loadEngine();
        const a = tf.ones([1024, 1024]); const start = performance.now();
        while (performance.now() - start < 1000) tf.tidy(() => tf.matMul(a, a).dataSync());
        a.dispose(); performance.now() - start`),
    );
  });
});
