import { expect, test } from "vitest";
import type { SourcePositions } from "../../src/kernel/source-positions";
import { Traces } from "../../src/kernel/traces";

const at = (line: number): SourcePositions =>
  ({ name: "", ofFrame: () => ({ line, column: 1, text: "x" }), text: () => "x" }) as unknown as SourcePositions;

test("of thousands of cells the newest thousand keep their lines; older ones tell their number and no wrong line", () => {
  const traces = new Traces();
  for (let cell = 1; cell <= 3000; cell++) {
    traces.add(`cell[${cell}].ts`, Object.assign(at(cell), { name: `cell[${cell}].ts` }));
  }
  const prepare = Error.prepareStackTrace;
  try {
    traces.install();
    const sites = ["early (cell[1].ts:7:3)", "late (cell[3000].ts:9:3)"] as unknown as NodeJS.CallSite[];
    const lines = String(Error.prepareStackTrace!(new Error("no"), sites)).split("\n");
    expect(lines).toEqual(["Error: no", "    at early (cell[1].ts)", "    at late (cell[3000].ts:3000:1)"]);
  } finally {
    Error.prepareStackTrace = prepare;
  }
});

test("an error that cannot be read is reported as that", () => {
  class Broken extends Error {
    declare readonly details: { readonly text: string };
    override get message(): string {
      return this.details.text; // which is not there
    }
  }
  const unreadable = [
    new Broken(),
    Object.defineProperty(new Error("x"), "stack", { get: () => JSON.parse("{") }),
    Object.assign(new Error("x"), { message: Object.create(null) }),
    new Error("outside", { cause: new Broken() }),
  ];
  for (const error of unreadable) {
    const { ename, traceback } = new Traces().report(error);
    expect(ename).toMatch(/^(Error|Broken)$/);
    expect(traceback.join("\n")).toContain("Error");
  }
});
