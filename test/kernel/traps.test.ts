import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CellRun, KernelClient } from "../support/kernel-client";
import { temporaryFolder } from "../support/temporary-folder";

// What beginners meet in notebooks of other kernels, each as a cell of the built kernel.
const directory = realpathSync(temporaryFolder());
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), text);
};
const [major] = process.versions.node.split(".").map(Number);
let kernel: KernelClient;

beforeAll(async () => {
  write("helper.ts", "export const one: number = 1;\n");
  write("data.json", '{ "five": 5 }');
  write("scans/a film.dm4", "");
  write("scans/b.h5", "");
  write(".env", "SPECBOOK_TRAP=1\n");
  write(
    "node_modules/esm-only/package.json",
    JSON.stringify({
      name: "esm-only",
      version: "1.0.0",
      type: "module",
      exports: {
        ".": { types: "./index.d.ts", import: "./index.js" },
        "./part/*": { types: "./part/*.d.ts", import: "./part/*.js" },
      },
    }),
  );
  write("node_modules/esm-only/index.js", "export default () => 'd'; export const later = await Promise.resolve(3);");
  write("node_modules/esm-only/index.d.ts", "export default function (): string; export declare const later: number;");
  write("node_modules/esm-only/part/x.js", "export const part = 'x';");
  write("node_modules/esm-only/part/x.d.ts", "export declare const part: string;");
  write("node_modules/quitter/package.json", '{ "name": "quitter", "main": "index.js", "types": "index.d.ts" }');
  write("node_modules/quitter/index.js", "exports.quit = () => require('process').exit(3);");
  write("node_modules/quitter/index.d.ts", "export declare function quit(): void;");
  write("node_modules/ml-matrix/package.json", '{ "name": "ml-matrix", "main": "index.js", "types": "index.d.ts" }');
  write("node_modules/ml-matrix/index.js", "exports.whose = 'the user’s';");
  write("node_modules/ml-matrix/index.d.ts", "export declare const whose: string;");
  kernel = await KernelClient.start({ cwd: directory, env: { SPECBOOK_SEEN: "by cells" } });
}, 120_000);
afterAll(() => kernel.close());

const run = (code: string): Promise<CellRun> => kernel.run(code);
async function result(code: string): Promise<string | undefined> {
  const { result, error } = await run(code);
  if (error) throw new Error(`${code}: ${error.traceback}`);
  return result;
}
/** Runs a cell that fails; its number in tracebacks stands as N. */
async function failure(code: string): Promise<string> {
  const { error, reply } = await run(code);
  if (error === undefined) throw new Error(`no error in: ${code}`);
  return error.traceback.replaceAll(`cell[${reply.execution_count}]`, "cell[N]");
}

describe("completion inside a string", () => {
  const complete = async (marked: string) => {
    const cursor_pos = marked.indexOf("|");
    const code = marked.replace("|", "");
    const { matches, cursor_start, cursor_end } = await kernel.request("complete_request", { code, cursor_pos });
    return { matches, replaced: code.slice(cursor_start, cursor_end) };
  };

  test.each([
    ['import { one } from "./he|', ["helper.ts"], "he"],
    ['import { one } from "./|"', ["data.json", "helper.ts", "scans/"], ""],
    ['import x from "esm|"', ["esm-only"], "esm"],
    ['export * from "ml-m|"', ["ml-matrix"], "ml-m"],
    ['import { join } from "node:pa|"', ["node:path", "node:path/posix", "node:path/win32"], "node:pa"],
    ['const m = await import("./da|")', ["data.json"], "da"],
    ['const m = require("quit|")', ["quitter"], "quit"],
    ['await load("sc|")', ["scans/"], "sc"],
    ['await load("scans/|")', ["a film.dm4", "b.h5"], ""],
    ['await load("scans/a| tail")', ["a film.dm4"], "a"],
    ['await load("nowhere/|")', [], ""],
    ['console.log("zz|")', [], "zz"],
  ])("%s", async (marked, matches, replaced) => {
    expect(await complete(marked)).toEqual({ matches, replaced });
  });

  test("offers an absolute path too", async () => {
    expect((await complete(`await load("${directory}/sca|")`)).matches).toEqual(["scans/"]);
  });

  test("offers what the compiler knows in the place of paths", async () => {
    await run("declare function go(mode: 'scans' | 'slow'): void");
    expect((await complete("go('s|')")).matches).toEqual(["scans", "slow"]);
  });
});

describe("declarations", () => {
  test("of an earlier cell may be taken apart under other names", async () => {
    await run("const mean = (a: number[]) => a[0]; const sizes = [{ a: [7, 2] }]; let taken = [1];");
    expect(await result("sizes.map(({ a: part }: (typeof sizes)[number]) => mean(part))")).toBe("[ 7 ]");
    expect(await result("({ a: taken } = sizes[0]); taken")).toBe("[ 7, 2 ]");
  });

  test("of an import stay whole behind a comment among the names", async () => {
    expect(
      await result(
        "import {\n  // the first\n  basename,\n  extname,\n} from 'node:path';\nbasename('/a/b.c') + extname('b.c')",
      ),
    ).toBe("'b.c.c'");
  });

  test("of var in loops and blocks are there in later cells, with their types", async () => {
    await result("for (var i = 0; i < 3; i++) {}\nif (true) { var inBlock = ['x']; var { inside } = { inside: 2 } }");
    expect(await result("[i, inBlock, inside]")).toBe("[ 3, [ 'x' ], 2 ]");
    expect(await failure("const wrong: string = i")).toContain("Type 'number' is not assignable to type 'string'");
  });

  test("may be made again by a later cell: const, let, class, function, enum", async () => {
    for (const [first, second, value, expected] of [
      ["const again = 1", "const again = 'a'", "again", "'a'"],
      ["let again2 = 1", "const again2 = 'b'", "again2", "'b'"],
      ["class Again { a = 1 }", "class Again { a = 2 }", "new Again().a", "2"],
      ["function remade() { return 1 }", "function remade() { return 'c' }", "remade()", "'c'"],
      ["enum Kind { a }", "enum Kind { a = 7, b }", "Kind.b", "8"],
    ]) {
      await result(first);
      await result(second);
      expect(await result(value)).toBe(expected);
    }
  });

  test("of generators, labels, namespaces and decorators work as in any file", async () => {
    expect(await result("function* two() { yield 1; yield 2 }\n[...two()]")).toBe("[ 1, 2 ]");
    expect(await result("let steps = 0; outer: for (;;) { for (;;) { steps++; break outer } } steps")).toBe("1");
    await result("namespace Space { export const size = 2; export type Name = string }");
    expect(await result("const named: Space.Name = 'n'; named + Space.size")).toBe("'n2'");
    const code = `function loud(method: (...all: any[]) => string, context: ClassMethodDecoratorContext) {
      return function (this: unknown, ...all: any[]) { return method.apply(this, all) + String(context.name) };
    }
    class Voice { @loud say() { return "hey " } }
    new Voice().say()`;
    expect(await result(code)).toBe("'hey say'");
  });

  test("of a type that has no name in its package are no error", async () => {
    await result("import * as vl from 'vega-lite'; const compiled = await import('vega-lite');");
    expect(await result("typeof compiled.compile")).toBe("'function'");
    expect(await failure("const no: string = compiled.compile")).toContain("TS2322");
  });

  test("with using get a message that says what to write instead", async () => {
    const text = await failure("const ok = 1;\n{ using file = { [Symbol.dispose]() {} }; }\n  using f2 = null;");
    expect(text).toMatch(/^cell:3:3 - 'using' is newer than .*finally/);
  });
});

describe("top-level loops", () => {
  test("run about as fast as in a function", async () => {
    const turns = 2e7;
    const times =
      await result(`const timesOf = [() => { let sum = 0; for (let k = 0; k < ${turns}; k++) sum += k; return sum }];
      const t0 = performance.now(); timesOf[0](); const inFunction = performance.now() - t0;
      const t1 = performance.now(); let total = 0; for (let k = 0; k < ${turns}; k++) total += k;
      [inFunction, performance.now() - t1]`);
    const [inFunction, atTop] = JSON.parse(times!.replaceAll(/\s/g, ""));
    expect(atTop / inFunction).toBeLessThan(30); // stock tslab: 300 and more; here 5 to 10
  });
});

describe("await", () => {
  test("works alone, in parentheses, in expressions and conditions", async () => {
    expect(await result("await (Promise.resolve(3))")).toBe("3");
    expect(await result("(await Promise.resolve(1)) + (await Promise.resolve(2))")).toBe("3");
    expect(await result("[await Promise.resolve(1), 't' + (await Promise.resolve('u'))]")).toBe("[ 1, 'tu' ]");
    expect((await run("if (await Promise.resolve(true)) console.log('yes')")).text).toBe("yes\n");
    const loop = "for await (const z of (async function* () { yield 1; yield 2 })()) console.log(z)";
    expect((await run(loop)).text).toBe("1\n2\n");
  });

  test("happens to a promise that is the last expression", async () => {
    expect(await result("Promise.resolve(42)")).toBe("42");
    expect(await result("async function answer() { return 41 }\nanswer()")).toBe("41");
  });
});

describe("imports", () => {
  test("of the user's files work with and without an ending, also dynamically", async () => {
    expect(await result("import { one } from './helper'; one")).toBe("1");
    expect(await result("import { one as two } from './helper.ts'; two")).toBe("1");
    expect(await result("(await import('./helper.ts')).one + (await import('./helper')).one")).toBe("2");
  });

  test("read a file anew that has changed, and those that import it", async () => {
    write("user.ts", "import { one } from './helper';\nexport const double = 2 * one;\n");
    expect(await result("import { double } from './user'; double")).toBe("2");
    write("helper.ts", "export const one: number = 10;\n");
    await new Promise((wait) => setTimeout(wait, 400)); // the file system tells of the change
    expect(await result("import { double } from './user'; double")).toBe("20");
    expect(await result("import { one } from './helper'; one")).toBe("10");
  });

  test("take ES modules with types, exports maps and their parts", async () => {
    expect(await result("import letter, { later } from 'esm-only'; [letter(), later]")).toBe("[ 'd', 3 ]");
    expect(await result("import { part } from 'esm-only/part/x'; part")).toBe("'x'");
    expect(await result("(await import('esm-only')).later")).toBe("3");
    expect(await failure("const text: string = later")).toContain("TS2322");
    expect(await result("import * as zarr from 'zarrita'; import h5wasm from 'h5wasm/node'; typeof zarr.open")).toBe(
      "'function'",
    );
  });

  test("prefer the packages next to the notebook, with their types", async () => {
    expect(await result("import { whose } from 'ml-matrix'; whose")).toBe("'the user’s'");
    expect(await failure("import { Matrix } from 'ml-matrix'")).toContain("TS2305");
  });

  test("take JSON, and node's own modules by require", async () => {
    expect(await result("import data from './data.json'; data.five")).toBe("5");
    expect(await result("require('node:fs').existsSync('data.json')")).toBe("true");
    expect(await result("require.resolve('specbook').endsWith('index.js')")).toBe("true");
  });
});

describe("the surroundings", () => {
  test("are the notebook's folder and the environment that Jupyter gave", async () => {
    const places = await result("[__dirname, import.meta.dirname].every((it) => it === process.cwd())");
    expect(places).toBe("true");
    expect(await result("process.cwd()")).toBe(`'${directory}'`);
    expect(await result("import.meta.url.startsWith('file:') && __filename.startsWith(__dirname)")).toBe("true");
    expect(await result("typeof module.exports")).toBe("'object'");
    expect(await result("let module = 5; module")).toBe("5");
    expect(await result("[process.env.SPECBOOK_TRAP, process.env.SPECBOOK_SEEN]")).toBe("[ undefined, 'by cells' ]");
  });

  test("have what this version of node has, with types", async () => {
    expect(await result("[[3, 1].toSorted(), new Float32Array([3, 1]).toSorted().length]")).toBe("[ [ 1, 3 ], 2 ]");
    expect(await result("([1, 2] as readonly number[]).with(0, 9)")).toBe("[ 9, 2 ]");
    const grouped = await run("Object.groupBy([1, 2], (x) => (x > 1 ? 'big' : 'small')).big");
    if (major >= 22) expect(grouped.result).toBe("[ 2 ]");
    else expect(grouped.error?.value).toContain("groupBy");
  });
});

describe("errors", () => {
  test("name cell, line and column of the TypeScript source and nothing of the kernel", async () => {
    const text = await failure(
      "const a = 1;\n\n  // why\ninterface Unused { a: 1 }\n  null!; throw new RangeError('here')",
    );
    expect(text).toBe("RangeError: here\n    at cell[N].ts:5:16    null!; throw new RangeError('here')");
  });

  test("in a function of an earlier cell name that cell", async () => {
    const { reply } = await run("function thrower(x: number) {\n  throw new Error('from before ' + x);\n}");
    expect(await failure("thrower(\n  1)")).toBe(
      `Error: from before 1\n    at thrower (cell[${reply.execution_count}].ts:2:9)    throw new Error('from before ' + x);\n    at cell[N].ts:1:1    thrower(`,
    );
  });

  test("in the user's files name file, line and column there", async () => {
    write(
      "thrower.ts",
      "interface Gone { a: 1 }\n\nexport function boom(x: number): never {\n  throw new Error('b' + x);\n}\n",
    );
    expect(await failure("import { boom } from './thrower';\nboom(1)")).toBe(
      "Error: b1\n    at boom (thrower.ts:4:9)    throw new Error('b' + x);\n    at cell[N].ts:2:5    boom(1)",
    );
    write("wrong.ts", "export const n: number = 1;\nexport const bad: number = 'text';\n");
    expect(await failure("import { bad } from './wrong'")).toMatch(/^wrong\.ts:2:14 - TS2322/);
  });

  test("keep what the cell declared before", async () => {
    await failure("let before = 3; function more() { return before + 1 }\nthrow new Error('x');\nlet after = 2");
    expect(await result("[before, more()]")).toBe("[ 3, 4 ]");
  });

  test("show line and caret when the types or the syntax are wrong", async () => {
    expect(await failure("1;\n  const n: number = 'a'")).toMatch(/^cell:2:9 - TS2322: .*\n {6}const n: .*\n {12}\^$/);
    expect(await failure("let y = ;")).toMatch(/^cell:1:9 - TS1109: Expression expected.\n {4}let y = ;\n {12}\^$/);
  });

  test("show their causes, and all of an AggregateError", async () => {
    const caused = await failure("throw new Error('a', { cause: new TypeError('b', { cause: 'c' }) })");
    expect(caused.split("\n").filter((line) => !line.startsWith("    at"))).toEqual([
      "Error: a",
      "caused by TypeError: b",
      "caused by Thrown: c",
    ]);
    const all = await failure("await Promise.any([Promise.reject(new Error('p')), Promise.reject(new Error('q'))])");
    expect(all).toMatch(/^AggregateError: .*\n.*\n1 of 2: Error: p\n.*\n2 of 2: Error: q\n/);
    const own = await failure("const round = new Error('r'); round.cause = round; throw round");
    expect(own).toMatch(/caused by this error itself$/);
  });

  test("that are none are shown as the values they are", async () => {
    expect(await failure("throw { code: 5 }")).toBe("Thrown: { code: 5 }");
    expect(await failure("throw 'words'")).toBe("Thrown: words");
    expect(await failure("throw undefined")).toBe("Thrown: undefined");
    expect(await failure("throw function named() { for (;;) {} }")).toBe("Thrown: [Function: named]");
    expect(await failure("class Own extends Error {}\nthrow new Own('o')")).toMatch(/^Own: o\n/);
  });

  test("that a cell catches and prints have the lines of the source too", async () => {
    const { text, reply } = await run("// so\n\ntry {\n  // it\n  JSON.parse('{')\n} catch (e) { console.log(e) }");
    expect(text).toContain(`at cell[${reply.execution_count}].ts:5:8`);
    expect(text).not.toMatch(/kernel|node:/);
  });
});

describe("what nobody caught", () => {
  /** Text that a cell prints after it has ended: by the parent header of the message, as front ends sort it. */
  async function textAfter(code: string, later: string): Promise<{ own: string; later: string }> {
    const first = await run(code);
    let own = first.text;
    kernel.listenTo(first.id, ({ header, content }) => {
      if (header.msg_type === "stream") own += content.text;
    });
    const second = await run(later);
    return { own, later: second.text };
  }
  const WAIT = "await new Promise((r) => setTimeout(r, 400))";

  test.each([
    ["a timer", "setTimeout(() => { throw new Error('lost') }, 100)", "Uncaught Error: lost"],
    ["a rejection", "setTimeout(() => { Promise.reject(new Error('lost')) }, 100)", "Unhandled rejection: Error: lost"],
    [
      "an async function",
      "(async () => { await new Promise((r) => setTimeout(r, 100)); throw new Error('lost') })(); 0",
      "Unhandled rejection: Error: lost",
    ],
    [
      "an event",
      "import { EventEmitter } from 'node:events'; setTimeout(() => new EventEmitter().emit('error', new Error('lost')), 100)",
      "Uncaught Error: lost",
    ],
  ])("in %s is shown in the cell it came from, also when that has ended", async (_, code, expected) => {
    const { own, later } = await textAfter(code, WAIT);
    expect(own).toContain(expected);
    expect(own).toMatch(/at .*cell\[\d+\]\.ts:1:/);
    expect(later).toBe("");
  });

  test("says nothing more when it is handled after all", async () => {
    const { text } = await run(
      "const slow = Promise.reject(new Error('soon')); await new Promise((r) => setTimeout(r, 30)); await slow.catch(() => 1)",
    );
    expect(text).toContain("Unhandled rejection: Error: soon");
    expect(text).not.toContain("Warning");
  });

  test("does not end the kernel, even if a package removed its listeners", async () => {
    const code =
      "process.removeAllListeners('uncaughtException').removeAllListeners('unhandledRejection'); Promise.reject(new Error('n')); 1";
    expect((await run(code)).text).toContain("Unhandled rejection: Error: n");
    expect(await result("'alive'")).toBe("'alive'");
  });
});

describe("the end of the process", () => {
  test.each([
    "process.exit(1)",
    "require('process').exit()",
    "import { exit } from 'node:process'; exit(2)",
    "import { quit } from 'quitter'; quit()",
    "(process as any).reallyExit(5)",
    "process.abort()",
    "process.kill(process.pid)",
    "process.kill(process.pid, 'SIGKILL')",
  ])("does not come by %s", async (code) => {
    expect(await failure(code)).toMatch(/does not end the kernel: use Kernel > Shut Down or Restart/);
    expect(await result("1")).toBe("1");
  });
});

describe("prompt", () => {
  test("asks the user, hides passwords, and says so where nobody can answer", async () => {
    const asked: [string, boolean][] = [];
    kernel.answer = (question, password) => {
      asked.push([question, password]);
      return "typed";
    };
    expect(await result("await prompt('name? ') + await prompt('secret? ', { password: true })")).toBe("'typedtyped'");
    expect(asked).toEqual([
      ["name? ", false],
      ["secret? ", true],
    ]);
    const { error } = await kernel.run("await prompt('who? ')", { content: { allow_stdin: false } });
    expect(error?.traceback).toMatch(/nobody can answer.*\n.*got: .*who\?.*\n.*needed: .*\n.*do this: .*-p name=value/);
  });

  test("that was stopped leaves the next question to the next answer", async () => {
    let count = 0;
    kernel.answer = () => (count++ === 0 ? new Promise<never>(() => {}) : "second"); // the first is never answered
    const { error } = await kernel.run("console.log('asked'); await prompt('again? ')", {
      stopAfter: 200,
      stopWhenPrinted: true,
    });
    expect(error?.name).toBe("KeyboardInterrupt");
    expect(await result("await prompt('again? ')")).toBe("'second'");
  });
});
