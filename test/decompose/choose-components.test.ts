import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/core";
import { axis } from "../../src/data";
import { chooseComponents, type NmfResult } from "../../src/decompose";
import { caught } from "../support/caught";

const [rows, columns, channels] = [10, 12, 40];

/** A smooth map at 1 eV, a weak one at 2 eV, a strong one at 0.1 eV, and a strong one of noise at 3 eV. */
function made(): NmfResult {
  const random = createRandom(1);
  const energy = axis("energy", channels, { units: "eV", scale: 0.1 });
  const peak = (at: number) => Array.from({ length: channels }, (_, c) => Math.exp(-((c - 10 * at) ** 2)));
  const smooth = (scale: number) =>
    Array.from({ length: rows * columns }, (_, i) => scale * (1 + Math.sin((i % columns) / 3)));
  const noise = Array.from({ length: rows * columns }, () => random.uniform());
  return {
    kind: "nmf",
    maps: {
      data: Float32Array.from([...smooth(1), ...smooth(0.01), ...smooth(2), ...noise]),
      shape: [4, rows, columns],
    },
    endmembers: { data: Float32Array.from([1, 2, 0.1, 3].flatMap(peak)), shape: [4, channels] },
    error: 0,
    trace: [],
    objective: { name: "half squared difference", iterations: [], values: [] },
    converged: true,
    axes: { y: axis("y", rows), x: axis("x", columns), energy },
    options: { components: 4, seed: 0 },
    metadata: { source: "made" },
    history: [],
  };
}
const kept = (options: Parameters<typeof chooseComponents>[1]) =>
  chooseComponents(made(), options).chosen.map(({ component }) => component);

describe("the choice of components", () => {
  test("keeps the smoothest of those that are strong enough and above an energy", () => {
    expect(kept({ count: 1, above: 0.5 })).toEqual([0]);
    expect(kept({ count: 2, above: 0.5 })).toEqual([0, 3]); // the weak one is out, so noise is next
    expect(kept({ count: 2, above: 0.5, share: 0 })).toEqual([0, 1]);
    expect(kept({ count: 4, share: 0 })).toEqual([0, 1, 2, 3]);
    expect(kept({ count: 4, above: 2.5, share: 0 })).toEqual([3]);
  });

  test("says of each where it peaks, how strong and how smooth it is", () => {
    const { chosen, of } = chooseComponents(made(), { count: 4, share: 0 });
    expect(of).toBe(4);
    expect(chosen.map(({ energy }) => energy)).toMatchArray([1, 2, 0.1, 3], { absolute: 1e-6 });
    expect(chosen[1].share / chosen[0].share).toBeCloseTo(1e-4, 6); // squares of 0.01
    expect(chosen[2].share).toBe(1);
    expect(chosen[0].smoothness).toBeCloseTo(chosen[2].smoothness, 4); // the same map
    expect(chosen[0].smoothness).toBeGreaterThan(0.9);
    expect(Math.abs(chosen[3].smoothness)).toBeLessThan(0.25); // 218 pairs of noise: 0.07 (s.d.)
    expect(chosen[0].map.shape).toEqual([rows, columns]);
    expect(chosen[3].spectrum.length).toBe(channels);
  });

  test("a flat map is not smooth: there is nothing in it", () => {
    const flat = made();
    flat.maps.data.fill(1, 0, rows * columns);
    expect(chooseComponents(flat, { count: 4, share: 0 }).chosen[0].smoothness).toBe(0);
  });

  test("refuses limits out of range, and limits that nothing meets", async () => {
    for (const wrong of [{ count: 0 }, { count: 5 }, { count: 1.5 }, { share: -1 }, { above: "low" }]) {
      expect((await caught(() => chooseComponents(made(), { count: 2, ...wrong } as never))).tag).toBe("OptionError");
    }
    expect((await caught(() => chooseComponents(made(), { count: 2, above: 9 }))).message).toContain("0.1 to 3");
    expect((await caught(() => chooseComponents({} as never))).tag).toBe("OptionError");
  });
});
