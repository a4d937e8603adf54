import { describe, expect, test } from "vitest";
import { cellNames } from "../../src/kernel/cell-names";
import { typescript } from "../../src/kernel/typescript";

const names = (code: string) => {
  const { declares, uses, reads, changes, functions, files, trains } = cellNames(typescript(), code);
  const list = (set: ReadonlySet<string>) => [...set].sort().join(" ");
  return {
    declares: list(declares),
    uses: list(uses),
    reads: list(reads),
    changes: list(changes),
    effects: Object.fromEntries([...functions].map(([name, one]) => [name, [list(one.changes), list(one.uses)]])),
    files: list(files),
    trains,
  };
};

describe("a cell declares", () => {
  test("variables of every kind, functions, classes, types, enums, namespaces and imports", () => {
    const code = `import fs, { a as b } from "x"; import * as all from "y"; let c = 1, { d, e: [f] } = g; export const h = 2;
      function i() {} class J {} type K = 1; interface L {} enum M { x } namespace N { export const o = 1 }
      for (var p = 0; ;) {}`;
    expect(names(code).declares).toBe("J K L M N all b c d f fs h i p");
  });

  test("nothing of what blocks and functions keep for themselves", () => {
    const inside = names(
      "{ let a = 1; a++ } for (const b of [1]) b; (() => { const c = 1; return c })(); try {} catch (d) { d }",
    );
    expect(inside).toMatchObject({ declares: "", uses: "", changes: "" });
  });
});

describe("a cell uses", () => {
  test("names in expressions, shorthand, templates, types, but no properties, labels or keys", () => {
    const { uses } = names(
      "here: for (;;) break here; ({ key: a, b, [c]: 1 }); d.e.f; g; let h: I.J<K> = 1 as any; l?.m; typeof n",
    );
    expect(uses).toBe("I K a b c d g l n");
  });

  test("what a parameter or a local does not hide", () => {
    expect(names("const f = (a: number) => a + b; function g() { let c = d; return c }").uses).toBe("b d");
    expect(names("{ let a = 1; a } a").uses).toBe("a");
  });
});

describe("a cell changes", () => {
  test.each([
    ["a = 1", "a", ""],
    ["a += 1", "a", "a"],
    ["a++; --b", "a b", "a b"],
    ["a.b = 1; c[0].d = 2; e!.f = 3", "a c e", "a c e"],
    ["[a, b] = [1, 2]", "a b", ""],
    ["({ a, b: c } = d)", "a c", "d"],
    ["for (a of b) {}", "a", "b"],
    ["delete a.b", "a", "a"],
    ["a.push(1); b.c.set('k', d)", "a b", "a b d"],
    ["Object.assign(a, b)", "a", "Object a b"],
    ["a.map((x) => x); b.slice().length", "", "a b"],
    ["[a, b]; ({ a, b })", "", "a b"],
    ["let x = (a = 2)", "a", ""],
  ])("by %s", (code, changes, reads) => {
    expect(names(code)).toMatchObject({ changes, reads });
  });

  test("what it passes to training, and says that it trains", () => {
    expect(names("const run = await fit(model, train, hp)")).toMatchObject({ changes: "model", trains: true });
    expect(names("line.fit(model)")).toMatchObject({ changes: "", trains: false });
  });

  test("in functions, which counts for those who call them", () => {
    const { effects } = names(
      "let w = 0; function step() { w -= rate } const more = () => { list.push(w) }; const n = 1",
    );
    expect(effects).toEqual({ step: ["w", "rate w"], more: ["list", "list w"] });
  });
});

test("a cell's imports of the user's files are known, those of packages are not listed", () => {
  expect(names("import { a } from './a'; import b from '../b.ts'; import 'c'; await import('./d')").files).toBe(
    "../b.ts ./a ./d",
  );
});

test("text that is no TypeScript does no harm", () => {
  for (const code of ["", "}}}{", "let = ;", "import {", "`${", "\u0000", "class { a = "]) {
    expect(() => cellNames(typescript(), code)).not.toThrow();
  }
});
