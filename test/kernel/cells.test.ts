import { AsyncLocalStorage } from "node:async_hooks";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { axis } from "../../src/data";
import type { CellContext } from "../../src/kernel/cell-context";
import { CellModules } from "../../src/kernel/cell-modules";
import { CellRunner } from "../../src/kernel/cell-runner";
import { CellCompiler } from "../../src/kernel/compiler";
import { Guards } from "../../src/kernel/guards";
import { FLAG, flagOf, Phase, RUN, WORDS } from "../../src/kernel/stop-state";
import { type ErrorReport, Traces } from "../../src/kernel/traces";
import { typescript } from "../../src/kernel/typescript";
import { temporaryFolder } from "../support/temporary-folder";

// Cells in this process: compiler, rewriting, guards and tracebacks without sockets.
const directory = temporaryFolder();
const before = process.cwd();
const context = new AsyncLocalStorage<CellContext>();
const traces = new Traces();
const words = new Int32Array(new SharedArrayBuffer(4 * WORDS));
const guards = new Guards(words, context, traces, () => {});
let runner: CellRunner;
let compiler: CellCompiler;
let count = 0;

beforeAll(() => {
  process.chdir(directory);
  compiler = new CellCompiler("");
  const modules = new CellModules(directory, {}, typescript, traces);
  runner = new CellRunner(() => compiler, modules, guards, traces);
  runner.names.raise = () => Atomics.store(words, FLAG, flagOf(Atomics.load(words, RUN), Phase.ask));
}, 60_000);
afterAll(() => {
  compiler.close();
  process.chdir(before);
});

function run(code: string): Promise<unknown> {
  const own: CellContext = {};
  return context.run(own, () => runner.run(code, ++count, own));
}

async function failure(code: string): Promise<ErrorReport & { cell: number }> {
  try {
    await run(code);
  } catch (error) {
    return { ...traces.report(error), cell: count };
  }
  throw new Error("the cell did not fail");
}

/** Presses stop from inside the cell: the next guard throws. */
const STOP = "(globalThis as any).pressStop()";
beforeAll(() => {
  Reflect.set(globalThis, "pressStop", () => (runner.names.raise as () => void)());
  Reflect.set(globalThis, "library", { axis });
});

describe("top-level names", () => {
  test("are live in functions of the same and of later cells", async () => {
    await run("let rate = 1; let calls = 0; function train() { calls++; return rate }");
    expect(await run("rate = 0.5; [train(), rate, calls]")).toEqual([0.5, 0.5, 1]);
    await run("const inLater = () => rate * 2");
    expect(await run("rate = 4; [train(), inLater()]")).toEqual([4, 8]);
  });

  test("declared again are new variables for all cells but the functions of the first one; assigned, they are the same", async () => {
    await run("let pace = 1; function ownPace() { return pace }");
    await run("const otherPace = () => pace");
    expect(await run("pace = 2; [ownPace(), otherPace()]")).toEqual([2, 2]);
    await run("let pace = 3");
    expect(await run("[ownPace(), otherPace(), pace]")).toEqual([2, 3, 3]);
  });

  test("may be declared again, by another type too", async () => {
    await run("let again = 1");
    expect(await run("let again = 'text'; again")).toBe("text");
    expect(await run("again.length")).toBe(4);
  });

  test("of a cell that failed stay as far as they were reached", async () => {
    await failure("let early = 3; function sum() { return early + 1 }\nthrow new Error('x');\nlet late = 2");
    expect(await run("[early, sum()]")).toEqual([3, 4]);
  });

  test("of earlier cells work as shorthand properties and in destructuring", async () => {
    await run("let first = 1, second = 2");
    expect(await run("({ first, second })")).toEqual({ first: 1, second: 2 });
    expect(await run("[first, second] = [3, 4]; ({ first, second })")).toEqual({ first: 3, second: 4 });
  });

  test("may be any word, also one that the kernel's own code could use", async () => {
    await run("let v = 1; function ownV() { return v }");
    expect(await run("v = 2; [v, ownV()]")).toEqual([2, 2]);
  });

  test("of default imports are there in later cells", async () => {
    await run("import path, { join } from 'node:path'; import * as os from 'node:os'");
    const code = "path.join('a', join('b', 'c')) + typeof os.cpus + typeof { path }.path";
    expect(await run(code)).toBe("a/b/cfunctionobject");
  });

  test("survive as enums, namespaces, classes and types", async () => {
    await run(`enum Colour { red, green = 5 }
      namespace Space { export const z = 1 }
      abstract class Shape { abstract area(): number }
      export interface Named { name: string }`);
    await run("class Square extends Shape { area() { return Colour.green + Space.z } }");
    expect(await run("const named: Named = { name: 'n' }; [new Square().area(), Space.z, named.name]")).toEqual([
      6,
      1,
      "n",
    ]);
  });
});

describe("await", () => {
  test("works in every form at the top level", async () => {
    expect(await run("await (Promise.resolve(1))")).toBe(1);
    expect(await run("let sum = 0; for await (const x of [Promise.resolve(3), 4]) sum += x; sum")).toBe(7);
    expect(await run("const [a1, b1] = await Promise.all([1, Promise.resolve(2)]); a1 + b1")).toBe(3);
    expect(await run("const os = await import('node:os'); typeof os.cpus")).toBe("function");
  });

  test("happens to a promise that is the last expression", async () => {
    expect(await run("Promise.resolve(42)")).toBe(42);
    expect((await failure("Promise.reject(new RangeError('no'))")).ename).toBe("RangeError");
  });
});

describe("tracebacks", () => {
  test("name the lines of the cell, functions and nothing of the kernel", async () => {
    const { ename, evalue, traceback, cell } = await failure(`function bad(x: number): number {
  // a comment and an empty line

  for (let i = 0; i < 3; i++)
    if (i === 2) throw new RangeError("big " + x);
  return 1;
}
bad(4);`);
    expect([ename, evalue]).toEqual(["RangeError", "big 4"]);
    expect(traceback).toEqual([
      "RangeError: big 4",
      `    at bad (cell[${cell}].ts:5:24)    if (i === 2) throw new RangeError("big " + x);`,
      `    at cell[${cell}].ts:8:1    bad(4);`,
    ]);
  });

  test("lead from a function of an earlier cell through awaits to the line that waited", async () => {
    await run("async function late(x: number) {\n  await null;\n  throw new Error('late ' + x);\n}");
    const inner = count;
    const { traceback, cell } = await failure("const unrelated = 1;\n\nawait late(\n  7,\n);");
    expect(traceback).toEqual([
      "Error: late 7",
      `    at late (cell[${inner}].ts:3:9)    throw new Error('late ' + x);`,
      `    at cell[${cell}].ts:3:7    await late(`,
    ]);
  });

  test("of a library error show its three parts and only lines of cells", async () => {
    const { evalue, traceback, cell } = await failure("const ok = 1;\n(globalThis as any).library.axis('x', -1)");
    expect(evalue.split("\n").map((line) => line.trim().split(":")[0])).toEqual([
      'axis "x" has no valid size',
      "got",
      "needed",
      "do this",
    ]);
    expect(traceback.slice(4)).toEqual([`    at cell[${cell}].ts:2:29    (globalThis as any).library.axis('x', -1)`]);
  });

  test("follow the cause", async () => {
    const { traceback } = await failure("throw new Error('outer', { cause: new TypeError('inner') })");
    expect(traceback[0]).toBe("Error: outer");
    expect(traceback).toContain("caused by TypeError: inner");
  });

  test("say what was thrown when it is no error", async () => {
    expect(await failure("throw 5")).toMatchObject({ ename: "Thrown", evalue: "5", traceback: ["Thrown: 5"] });
  });

  test("of type errors give line, column and caret, and the cell does not run", async () => {
    const { ename, traceback } = await failure("let ran = 1;\n  const wrong: number = 'a';");
    expect(ename).toBe("TypeScriptError");
    expect(traceback.join("\n")).toBe(
      "cell:2:9 - TS2322: Type 'string' is not assignable to type 'number'.\n" +
        "      const wrong: number = 'a';\n            ^",
    );
    expect((await failure("ran")).evalue).toContain("Cannot find name 'ran'");
  });
});

describe("stop", () => {
  test.each([
    ["a for loop", `for (let i = 0; ; i++) if (i === 3) ${STOP};`],
    ["a loop without a block", `let n1 = 0; while (true) n1++ === 5 ? ${STOP} : 0;`],
    ["a do loop", `do { ${STOP} } while (true)`],
    ["for of over a generator", `function* all() { while (true) yield 1 } for (const x of all()) ${STOP};`],
    ["recursion", `const down = (n: number): number => { if (n === 50) ${STOP}; return down(n + 1) }; down(0)`],
    ["callbacks", `${STOP}; [1, 2, 3].forEach(x => x + 1)`],
    ["a microtask loop", `for (let i = 0; ; i++) { await null; if (i === 9) ${STOP} }`],
    ["for await", `for await (const x of (async function* () { for (;;) yield 1 })()) ${STOP};`],
    ["a getter", `const o = { get x() { return 1 } }; ${STOP}; for (;;) o.x;`],
  ])("ends %s", async (_, code) => {
    expect((await failure(code)).ename).toBe("KeyboardInterrupt");
  });

  test("lets catch and finally blocks work, loops and awaits in them too", async () => {
    const { ename } = await failure(`let log: string[] = [];
      try { try { ${STOP}; for (;;) {} } catch (e) { for (const x of ["caught"]) log.push(x); throw e }
      } finally { for (let i = 0; i < 3; i++) await null; log.push("finally") }`);
    expect(ename).toBe("KeyboardInterrupt");
    expect(await run("log")).toEqual(["caught", "finally"]);
  });

  test("of a loop with an inner finally works in the finally block and throws behind it", async () => {
    expect(
      (await failure(`let done = 0; try { ${STOP} } finally { for (let i = 0; i < 5; i++) done++ } for (;;) {}`)).ename,
    ).toBe("KeyboardInterrupt");
    expect(await run("done")).toBe(5);
  });

  test("asked for after the last guard still ends the cell as stopped", async () => {
    expect((await failure(`${STOP}; 5`)).ename).toBe("KeyboardInterrupt");
  });

  test("pressed while a cell is compiled stops it before it begins", async () => {
    const failing = failure("let began = true");
    guards.interrupt(0);
    expect((await failing).ename).toBe("KeyboardInterrupt");
    expect((await failure("began")).evalue).toContain("Cannot find name 'began'");
  });

  test("meant for a cell that has ended does not touch the next one", async () => {
    await run("1");
    Atomics.store(words, FLAG, flagOf(1, Phase.ask));
    expect(await run("let turns = 0; for (let i = 0; i < 10; i++) turns++; turns")).toBe(10);
  });
});

describe("the user's own files", () => {
  test("are compiled, typed and guarded", async () => {
    writeFileSync(join(directory, "helper.ts"), "export function twice(x: number): number {\n  return 2 * x;\n}\n");
    expect(await run("import { twice } from './helper'; twice(21)")).toBe(42);
    expect((await failure("import { twice } from './helper'; twice('a')")).evalue).toContain("TS2345");
    writeFileSync(join(directory, "spin.js"), "exports.spin = function () { for (;;) {} };\n");
    const { ename } = await failure(`import { spin } from './spin'; ${STOP}; spin()`);
    expect(ename).toBe("KeyboardInterrupt");
  });

  test("may end in an expression, and are imported as often as the cell runs", async () => {
    writeFileSync(join(directory, "common.js"), "const three = 3;\nmodule.exports = { three };\n");
    writeFileSync(join(directory, "effect.ts"), "export const four = 4;\nMath.sqrt(four);\n");
    for (const _ of [1, 2, 3]) {
      expect(await run("import { three } from './common'; import { four } from './effect'; three + four")).toBe(7);
    }
  });

  test("are found by every name that the compiler finds them by", async () => {
    mkdirSync(join(directory, "folder"));
    writeFileSync(join(directory, "folder", "index.ts"), "export const inFolder: number = 1;\n");
    writeFileSync(join(directory, "my.helper.ts"), "export { inFolder as dotted } from './folder';\n");
    for (const name of ["./my.helper", "./my.helper.js", "./my.helper.ts"]) {
      expect(await run(`import { dotted } from '${name}'; dotted`)).toBe(1);
    }
    expect(await run("import { inFolder } from './folder'; inFolder")).toBe(1);
  });

  test("outside of the notebook's folder are refused, with what to do; JavaScript can be loaded", async () => {
    const outside = mkdtempSync(join(tmpdir(), "specbook-outside-"));
    writeFileSync(join(outside, "par.ts"), "export const par: number = 3;\n");
    writeFileSync(join(outside, "par.cjs"), "exports.par = 3;\n");
    const path = `../${basename(outside)}`;
    expect((await failure(`import { par } from '${path}/par'; par`)).evalue).toMatch(/notebook's folder.*require/);
    expect(await run(`const { par } = require('${path}/par.cjs'); par`)).toBe(3);
    rmSync(outside, { recursive: true, force: true });
  });
});

describe("the editor", () => {
  test("completes members with the types of earlier cells", async () => {
    await run("const list = [1, 2, 3]");
    expect(compiler.complete("list.pus", 8).candidates).toContain("push");
  });

  test("completes option names, and the values of string options as a whole", async () => {
    await run(
      "type Mode = 'fast' | 'slow'; declare function go(mode: Mode, options?: { shape?: 'round' | 'square' }): void",
    );
    const at = (code: string) => {
      const { start, end, candidates } = compiler.complete(code.replace("|", ""), code.indexOf("|"));
      return { text: code.replace("|", "").slice(start, end), candidates };
    };
    expect(at("go('fast', { sh| })")).toEqual({ text: "sh", candidates: ["shape"] });
    expect(at("go('|')")).toEqual({ text: "", candidates: ["fast", "slow"] });
    expect(at("go('f|')")).toEqual({ text: "f", candidates: ["fast"] });
    expect(at("go('f|ar')")).toEqual({ text: "far", candidates: ["fast"] });
    expect(at('go("fast", { shape: "S|')).toEqual({ text: "S", candidates: ["square"] });
  });

  test("inspects types and documentation", async () => {
    expect(compiler.inspect("Math.sqrt", 7)).toContain("square root");
  });
});
