import { inspect } from "node:util";
import { expect, test } from "vitest";
import { formatValue, shortenTypedArrays } from "../../src/kernel/format-value";

shortenTypedArrays();

test("long typed arrays print a preview of seven-digit numbers, short ones everything", () => {
  expect(formatValue(new Float32Array(40_000).fill(0.1))).toBe(
    "Float32Array(40000) [ 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, ... 39994 more ]",
  );
  expect(formatValue(new Float64Array([1, 2.5]))).toBe("Float64Array(2) [ 1, 2.5 ]");
  expect(formatValue(new Uint8Array(0))).toBe("Uint8Array(0) []");
  expect(formatValue(new BigInt64Array([3n]))).toBe("BigInt64Array(1) [ 3 ]");
});

test("they do so inside results and in console.log, Buffers stay as they are", () => {
  expect(inspect(Object.freeze({ maps: new Float32Array(100) }))).toContain("Float32Array(100) [ 0, 0, 0");
  expect(formatValue(Buffer.from("abc"))).toBe("<Buffer 61 62 63>");
});

test("no value prints more than 120 lines", () => {
  const text = formatValue(Array.from({ length: 100 }, (_, i) => ({ i, text: "x".repeat(90), more: { deep: [i] } })));
  expect(text.split("\n").length).toBe(121);
  expect(text).toMatch(/\.\.\. \d+ more lines/);
});

test("strings are quoted and ordinary arrays complete", () => {
  expect(formatValue("abc")).toBe("'abc'");
  expect(formatValue([1, 2, 3])).toBe("[ 1, 2, 3 ]");
});
