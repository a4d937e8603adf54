import { describe, expect, test } from "vitest";
import { confusion } from "../../src/analyse";
import type { Classification } from "../../src/models";
import { labelled } from "../../src/signal";
import { smallPairs } from "../models/support/small-pairs";

const classes = ["a", "b", "c"];
const pairs = smallPairs(6);
const truth = labelled(pairs, { classes, values: [0, 0, 0, 1, 1, 1] });

function found(values: readonly number[], shape: readonly number[] = [values.length]): Classification {
  const probabilities = { data: new Float32Array(3 * values.length), shape: [...shape, 3] };
  return { kind: "classification", classes, values: Int32Array.from(values), shape, probabilities };
}

describe("confusion", () => {
  test("counts what was taken for what, and the measures made of it", () => {
    const result = confusion(found([0, 0, 1, 1, 1, 2]), truth);
    expect([...result.counts]).toEqual([2, 1, 0, 0, 2, 1, 0, 0, 0]);
    expect(result.of).toBe("samples");
    expect(result.accuracy).toBeCloseTo(4 / 6, 12);
    expect(result.majority).toBe(0.5);
    expect([...result.intersectionOverUnion]).toEqual([2 / 3, 2 / 4, 0]);
    expect(result.meanIntersectionOverUnion).toBeCloseTo((2 / 3 + 2 / 4) / 3, 12);
    expect([...result.recall]).toEqual([2 / 3, 2 / 3, Number.NaN]);
    expect([...result.precision]).toEqual([1, 2 / 3, 0]);
  });

  test("leaves a class out of the mean that is neither there nor found", () => {
    const result = confusion(found([0, 0, 0, 1, 1, 1]), truth);
    expect([...result.intersectionOverUnion]).toEqual([1, 1, Number.NaN]);
    expect(result).toMatchObject({ accuracy: 1, meanIntersectionOverUnion: 1 });
  });

  test("counts pixels where pixels are labelled", () => {
    const values = Array.from({ length: 6 * 64 }, (_, i) => i % 3);
    const pixels = labelled(pairs, { classes, values });
    const result = confusion(found(values, [6, 8, 8]), pixels);
    expect(result).toMatchObject({ of: "pixels", accuracy: 1 });
    expect([...result.counts]).toEqual([128, 0, 0, 0, 128, 0, 0, 0, 128]);
  });

  test("refuses samples without labels, with other classes, or of another number", () => {
    const some = found([0, 0, 1, 1, 1, 2]);
    expect(() => confusion(some, pairs)).toThrow(/labelled\(samples/);
    const others = labelled(pairs, { classes: ["a", "b", "d"], values: [0, 0, 0, 1, 1, 1] });
    expect(() => confusion(some, others)).toThrow(/a, b, d in the samples/);
    expect(() => confusion(found([0, 1]), truth)).toThrow(/labels of shape \[6\]/);
  });
});
