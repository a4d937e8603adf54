import { existsSync } from "node:fs";
import { resolve } from "node:path";
import * as ts from "@tslab/typescript-for-tslab";
import { describe, expect, test } from "vitest";
import * as api from "../src/index";

const DIST = resolve(__dirname, "../dist");

describe("the public door", () => {
  test("exports these names and no others", () => {
    const names = Object.entries(api).flatMap(([name, value]) =>
      isNamespace(value) ? Object.keys(value).map((inner) => `${name}.${inner}`) : [name],
    );
    expect(names.sort()).toMatchSnapshot();
  });

  test.skipIf(!existsSync(DIST))("has declarations that the TypeScript of the kernel's cells reads", () => {
    const program = ts.createProgram([resolve(DIST, "index.d.ts")], {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      moduleResolution: ts.ModuleResolutionKind.Node10,
      lib: ["lib.es2022.d.ts"],
      types: ["node"],
      strict: true,
      noEmit: true,
    });
    const own = ts
      .getPreEmitDiagnostics(program)
      .filter((d) => d.file?.fileName.startsWith(DIST.replaceAll("\\", "/")));
    expect(own.map((d) => `${d.file?.fileName}: ${ts.flattenDiagnosticMessageText(d.messageText, " ")}`)).toEqual([]);
  });

  test.skipIf(!existsSync(DIST))("names no TensorFlow type in its declarations", () => {
    const program = ts.createProgram([resolve(DIST, "index.d.ts")], {
      moduleResolution: ts.ModuleResolutionKind.Node10,
      types: ["node"],
      noEmit: true,
    });
    const read = program.getSourceFiles().map((f) => f.fileName);
    expect(read.some((f) => f.endsWith("dist/index.d.ts"))).toBe(true);
    expect(read.filter((f) => f.includes("@tensorflow"))).toEqual([]);
  });
});

function isNamespace(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.prototype.toString.call(value) === "[object Module]";
}
