import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { evaluate } from "../../src/kernel/evaluate";

test("what has been evaluated does not stay in memory", () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const used = () => {
    for (let i = 0; i < 12; i++) collect(); // V8 lets go of code that a few collections have found unused
    return process.memoryUsage().heapUsed;
  };
  const run = (i: number) => (evaluate(`(() => "${"a".repeat(3000)}${i}".length)`, `cell[${i}].ts`) as () => number)();
  for (let i = 100; i < 200; i++) run(i);
  const before = used();
  for (let i = 200; i < 900; i++) expect(run(i)).toBe(3003);
  expect(used() - before).toBeLessThan(2e6); // 700 texts of 3 kB, each once as text and once as a constant, and their code
});

test("stacks name the text, and it sees only the global scope", () => {
  const fail = evaluate("(\n() => { throw new Error('here') })", "cell[7].ts") as () => void;
  expect(fail).toThrow("here");
  try {
    fail();
  } catch (error) {
    expect((error as Error).stack).toMatch(/cell\[7\]\.ts:2:/);
  }
  expect(evaluate("typeof inGlobalScope + typeof expression + typeof Math", "cell[8].ts")).toBe(
    "undefinedundefinedobject",
  );
});
