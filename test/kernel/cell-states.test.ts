import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { CellStates } from "../../src/kernel/cell-states";
import { typescript } from "../../src/kernel/typescript";

const directory = mkdtempSync(join(tmpdir(), "specbook-states-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The stale cells of a notebook with one cell. */
const staleOf = (states: CellStates, source: string) =>
  states.answer({ cells: [{ id: "a", source }] }).stale.map(({ id }) => id);

describe("the states of cells", () => {
  test("are kept for cells that cannot be read or name no possible file: a kernel would hang at them", () => {
    writeFileSync(join(directory, "file.ts"), "");
    const sources = [
      `const deep = ${Array(3000).fill("1").join("+")}`,
      'import { a } from "./file.ts/inside"',
      `import { b } from "./${"b".repeat(300)}"`,
      'import { c } from "./c\\0"',
    ];
    for (const source of sources) {
      const states = new CellStates(directory, typescript);
      states.begin("a", source)(1);
      expect(staleOf(states, source)).toEqual([]);
      expect(staleOf(states, "1")).toEqual(["a"]);
    }
  });

  test("follow files that are imported by an absolute path", () => {
    const file = join(directory, "absolute.ts");
    writeFileSync(file, "export const a = 1;");
    const source = `import { a } from ${JSON.stringify(file)}`;
    const states = new CellStates(directory, typescript);
    states.begin("a", source)(1);
    expect(staleOf(states, source)).toEqual([]);
    writeFileSync(file, "export const a = 1000;");
    expect(staleOf(states, source)).toEqual(["a"]);
  });
});
