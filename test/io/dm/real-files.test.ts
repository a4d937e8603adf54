import { expect } from "vitest";
import { inspect, read } from "../../../src/io/read";
import { shared, testShared } from "../../support/shared-data";
import golden from "./golden.json";

/** The axes and sizes of a signal as rosettasciio orders them: without the axes of one pixel that ours adds. */
const long = <T extends { size: number }>(axes: readonly T[]): T[] => axes.filter(({ size }) => size > 1);

for (const [name, expected] of Object.entries(golden)) {
  testShared(`${name} reads as rosettasciio reads it`, async () => {
    const infos = await inspect(shared(`data/${name}`));
    const signals = await read(shared(`data/${name}`));
    expect(signals.map(({ metadata }) => metadata.title)).toEqual(expected.map(({ title }) => title));
    for (const [i, { shape, axes, sum, at, values }] of expected.entries()) {
      const { data } = signals[i];
      const found = long(infos[i].axes);
      expect(found.map(({ size }) => size)).toEqual(shape.filter((size) => size > 1));
      expect(at.map((index) => data[index])).toEqual(values);
      const total = data.reduce((a, b) => a + b, 0);
      expect(Math.abs(total - sum)).toBeLessThanOrEqual(1e-9 * Math.abs(sum)); // another order of addition
      for (const [place, [size, offset, scale, units]] of axes.filter(([size]) => Number(size) > 1).entries()) {
        const own = found[place];
        expect([own.size, own.units]).toEqual([size, units]);
        // Both take float64 products of the same float32 numbers.
        expect([own.offset, own.scale]).toMatchArray([Number(offset), Number(scale)], { relative: 1e-12 });
      }
    }
  });
}

testShared("a real file tells its measurement", async () => {
  const [eels] = await read(shared("data/formats/dm/EELS_SI.dm4"));
  expect(eels.metadata.instrument).toMatchObject({
    microscope: "FEI Titan",
    beamEnergyKeV: 200,
    convergenceSemiAngleMrad: 21,
    collectionSemiAngleMrad: 62,
    spectrometer: "GIF Quantum ER",
    apertureMm: 5,
  });
  expect(eels.metadata).toMatchObject({ format: "DigitalMicrograph 4", signalType: "EELS", units: "e-" });
});
