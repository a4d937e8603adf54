import { execFileSync } from "node:child_process";
import { describe, expect } from "vitest";
import type { Axis } from "../../../src/data/axis";
import { read } from "../../../src/io/read";
import type { Signal } from "../../../src/io/signals";
import { conversion } from "../../../src/io/units";
import { blockDifferences } from "../../support/layout-fixtures";
import { shared, testShared } from "../../support/shared-data";
import { temporaryFolder } from "../../support/temporary-folder";
import golden from "../fixtures/layout-golden.json";

interface Expected {
  readonly shape: readonly number[];
  readonly axes: readonly { readonly units: string; readonly offset: number; readonly scale: number }[];
  readonly sum: number;
  readonly absolute: number;
  readonly at: readonly number[];
  readonly values: readonly number[];
}

const folder = temporaryFolder();

/** The path of a shared file; of one in an archive, after it has been unpacked. */
function pathOf(name: string): string {
  const [archive, inside] = name.split(/(?<=\.zip)\//);
  if (inside === undefined) return shared(`data/${name}`);
  execFileSync("unzip", ["-o", "-q", shared(`data/${archive}`), inside, "-d", folder]);
  return `${folder}/${inside}`;
}

function isSame({ data, shape }: Signal, { at, values, ...expected }: Expected): boolean {
  const own = shape.slice(shape.length - expected.shape.length); // a single spectrum has got two scan axes of one pixel
  if (own.join() !== expected.shape.join() || shape.reduce((a, b) => a * b) !== data.length) return false;
  const sum = data.reduce((total, value) => total + value, 0);
  // float32 rounds each number by 6e-8 of itself at most.
  const isClose = (value: number, wanted: number, scale: number) => Math.abs(value - wanted) <= 1e-7 * Math.abs(scale);
  return isClose(sum, expected.sum, expected.absolute) && at.every((i, k) => isClose(data[i], values[k], values[k]));
}

describe("shared files read as their peers read them", () => {
  for (const [name, expected] of Object.entries(golden.files) as [string, readonly Expected[]][]) {
    testShared(name, async () => {
      const path = pathOf(name);
      const isUnitless = name.endsWith("example_spectrum.emd");
      const left = await read(path, isUnitless ? { energy: { units: "channel" } } : {});
      for (const signal of expected) {
        const place = left.findIndex((own) => isSame(own, signal));
        expect(place, `a signal of shape ${signal.shape.join(" x ")}`).toBeGreaterThanOrEqual(0);
        const [own] = left.splice(place, 1);
        const axes: Axis[] = Object.values(own.axes).slice(own.shape.length - signal.shape.length);
        signal.axes.forEach(({ units, offset, scale }, i) => {
          const { factor, units: converted, measure } = conversion(units);
          if (measure === "none") return; // without units the numbers calibrate nothing
          expect(axes[i].units).toBe(converted);
          // Peers turn units round more than once: a few roundings of float64, or of float32 where the axis is stored so.
          expect(Math.abs(axes[i].scale - scale * factor)).toBeLessThanOrEqual(1e-6 * Math.abs(scale * factor));
          expect(Math.abs(axes[i].offset - offset * factor)).toBeLessThanOrEqual(1e-6 * Math.abs(scale * factor));
        });
      }
      // Beyond the peers' signals: the mean of a stack of images that belongs to a spectrum image.
      expect(left.filter(({ metadata }) => metadata.combined === undefined)).toEqual([]);
      expect(await blockDifferences(path)).toEqual([]);
    });
  }
});
