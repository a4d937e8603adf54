import { expect, test } from "vitest";
import { blankExports, exportedNames, lostNamespaces } from "../../src/kernel/declarations";
import { typescript } from "../../src/kernel/typescript";

const ts = typescript();

test("export is blanked out of a cell without moving anything", () => {
  const code =
    "export const a = 1;\nexport default class B {}\nexport { a };\nexport type T = number;\nexport default 7";
  const blank = blankExports(ts, code);
  expect(blank).toHaveLength(code.length);
  expect(blank.split("\n").map((line) => line.trim())).toEqual([
    "const a = 1;",
    "class B {}",
    "",
    "type T = number;",
    "7",
  ]);
  expect(blank.indexOf("const a")).toBe(code.indexOf("const a"));
  expect(blankExports(ts, 'export { x } from "./y"')).toBe('export { x } from "./y"');
});

test("value and type exports of a declaration file are told apart", () => {
  const text = `
    export { a, type B, c as d } from "./x";
    export type { E } from "./y";
    export * as plot from "./plot";
    export * from "./z";
    export declare const f: number, g: string;
    export declare function h(): void;
    export declare class I {}
    export interface J { }
    export type K = number;
    declare const hidden: number;
  `;
  const { values, types } = exportedNames(ts, text, () => "export declare const z1: 1; export interface Z2 {}");
  expect(values).toEqual(["I", "a", "d", "f", "g", "h", "plot", "z1"]);
  expect(types).toEqual(["B", "E", "J", "K", "Z2"]);
});

test("namespaces stay until something takes their name", () => {
  const before = "declare namespace N {\n  const a = 1;\n}\n";
  expect(lostNamespaces(ts, before, "declare let x: 1;")).toContain("namespace N");
  expect(lostNamespaces(ts, before, "declare class N {}")).toBe("");
});
