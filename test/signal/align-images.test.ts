import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/core/random";
import { axis, type Image, image, spectrumImage } from "../../src/data";
import { type AlignImagesOptions, alignImages, applyDrift, crop } from "../../src/signal";
import { inversePlane, transformPlane } from "../../src/signal/fourier-plane";
import { caught } from "../support/caught";
import { cleanUp } from "./support/clean-up-fixture";

const { frames, shifts, plane, transform } = cleanUp.drift;
const SHAPE = [37, 50] as const; // no powers of two
const axes = {
  y: axis("y", 37, { units: "nm", offset: 2, scale: 0.5 }),
  x: axis("x", 50, { units: "nm", scale: 0.5 }),
};
const three: Image[] = frames.map((values: number[]) => image(Float32Array.from(values), SHAPE, { axes }));
const TRUTH = [0, 0, -3.2, 4.45, 2.3, -1.6];

/** Frames of one field of blobs, cut where the truth says: what leaves one frame on one side enters on the other. */
function field(truth: readonly (readonly [number, number])[], noise = 0.2): Image[] {
  const random = createRandom(2);
  const spots = Array.from({ length: 60 }, () => [
    random.uniform() * 140 - 20,
    random.uniform() * 170 - 20,
    3 + 5 * random.uniform(),
    2 + 2 * random.uniform(),
  ]);
  return truth.map(([dy, dx]) =>
    image(
      Float32Array.from({ length: 61 * 72 }, (_, i) => {
        const [y, x] = [Math.floor(i / 72) + dy, (i % 72) + dx];
        const sum = spots.reduce(
          (s, [a, b, h, w]) => s + h * Math.exp(-((y - a) ** 2 + (x - b) ** 2) / (2 * w * w)),
          0,
        );
        return sum + noise * random.normal();
      }),
      [61, 72],
    ),
  );
}

describe("alignImages", () => {
  test.each(shifts as { upsample: number; correlation: "phase" | "cross"; shifts: number[][] }[])(
    "finds the shifts of scikit-image by $correlation correlation to 1/$upsample of a pixel",
    async ({ upsample, correlation, shifts: expected }) => {
      const drift = await alignImages(three, { upsample, correlation, taper: false });
      expect([...drift.shifts.subarray(2)]).toMatchArray(expected.flat(), { absolute: 1e-9 }); // the same grid
    },
  );

  test("finds known shifts between frames that see parts of one another to a fifth of a pixel", async () => {
    const truth = [
      [0, 0],
      [3.3, -2.7],
      [-5.15, 4.4],
    ] as const;
    const drift = await alignImages(field(truth), { upsample: 50 });
    // What the frames do not share pulls at them.
    expect(drift.shifts).toMatchArray(truth.flat(), { absolute: 0.2 });
    const without = await alignImages(field(truth), { upsample: 50, taper: false });
    expect(without.shifts).not.toMatchArray(truth.flat(), { absolute: 0.2 });
    for (const agreement of drift.agreement) expect(agreement).toBeGreaterThan(0.85);
  });

  test("measures from another frame, and from one to the next", async () => {
    const truth = [
      [0, 0],
      [1.5, -2],
      [3.5, -4.25],
      [6, -5.5],
    ] as const;
    const steps = await alignImages(field(truth), { reference: "previous" });
    expect(steps.shifts).toMatchArray(truth.flat(), { absolute: 0.25 }); // three steps
    const last = await alignImages(field(truth), { reference: 3 });
    expect(last.shifts).toMatchArray(
      truth.flatMap(([y, x]) => [y - 6, x + 5.5]),
      { absolute: 0.15 },
    );
  });

  test("adds the frames up where all of them are, sharper than without, with the axes of that part", async () => {
    const drift = await alignImages(three);
    expect(drift.shifts).toMatchArray(TRUTH, { absolute: 0.1 });
    expect(drift.kept).toEqual({ rows: [3, 33], columns: [5, 48] });
    expect(drift.sum.shape).toEqual([30, 43]);
    expect(drift.sum.axes.y.offset).toBeCloseTo(2 + 3 * 0.5, 12);
    expect(drift.sum.axes.x).toMatchObject({ size: 43, scale: 0.5, units: "nm" });
    const one = crop(three[0], drift.kept);
    const error = (sum: Image) =>
      Math.sqrt(sum.data.reduce((a, v, i) => a + (v / 3 - one.data[i]) ** 2, 0) / one.data.length);
    expect(error(drift.sum)).toBeLessThan(0.3 * error(crop(drift.before, drift.kept)));
  });

  test("moves by whole pixels without touching a value", async () => {
    const big = createRandom(5);
    const noise = Float32Array.from({ length: 30 * 30 }, () => big.normal());
    const whole = image(noise, [30, 30]);
    const parts = [crop(whole, { rows: [2, 26], columns: [4, 28] }), crop(whole, { rows: [5, 29], columns: [3, 27] })];
    const drift = await alignImages(parts, { by: "mean" });
    expect([...drift.shifts]).toEqual([0, 0, 3, -1]);
    const expected = crop(whole, { rows: [5, 26], columns: [4, 27] });
    expect(drift.sum.data).toMatchArray(expected.data, { absolute: 1e-7 }); // the mean of two equal float32 values
  });

  test("moves the spectra of the frames too, and keeps their sum", async () => {
    const drift = await alignImages(three);
    const cubes = three.map(({ data }) =>
      spectrumImage(
        Float32Array.from({ length: 2 * data.length }, (_, i) => data[i >> 1] * (1 + (i % 2))),
        [37, 50, 2],
        { axes },
      ),
    );
    const sum = await applyDrift(cubes, drift);
    expect(sum.shape).toEqual([30, 43, 2]);
    expect(sum.data.filter((_, i) => i % 2 === 0)).toMatchArray(drift.sum.data, { relative: 1e-6 });
    expect(sum.data.filter((_, i) => i % 2 === 1)).toMatchArray(
      drift.sum.data.map((v) => 2 * v),
      { relative: 1e-6 },
    );
    expect(sum.axes.y).toEqual(drift.sum.axes.y);
    expect((await applyDrift(cubes, drift, { by: "mean" })).data[0]).toBeCloseTo(sum.data[0] / 3, 4);
    expect(sum.history.at(-1)).toMatchObject({ operation: "applyDrift", options: { by: "sum", frames: 3 } });
  });

  test("does not add up spectra of different energies", async () => {
    const drift = await alignImages(three);
    const cube = (offset: number, scale: number, units = "eV") =>
      spectrumImage(new Float32Array(2 * 37 * 50), [37, 50, 2], {
        axes: { ...axes, energy: axis("energy", 2, { units, offset, scale }) },
      });
    const first = cube(100, 0.5);
    for (const other of [cube(101, 0.5), cube(100, 0.6), cube(100, 0.5, "px")]) {
      const error = await caught(() => applyDrift([first, first, other], drift));
      expect([error.tag, error.got]).toEqual([
        "AxisError",
        expect.stringMatching(/frame 0 from 100 to .* frame 2 from/),
      ]);
    }
    expect((await applyDrift([first, first, cube(100.0001, 0.5)], drift)).axes.energy).toEqual(first.axes.energy);
  });

  test("gives another answer with each option", async () => {
    const moved = field(
      [
        [0, 0],
        [3.3, -2.7],
        [-5.15, 4.4],
      ],
      1,
    );
    const variants: AlignImagesOptions[] = [
      {},
      { reference: 1 },
      { reference: "previous" },
      { upsample: 3 },
      { maxShift: 3 },
      { correlation: "phase" },
      { taper: false },
      { by: "mean" },
    ];
    const results = await Promise.all(
      variants.map(async (one) => {
        const { shifts: found, sum } = await alignImages(moved, one);
        return `${found.join()} ${sum.data[0]}`;
      }),
    );
    expect(new Set(results).size).toBe(variants.length);
  });

  test("finds no shift above maxShift, not by parts of a pixel and not by looking again", async () => {
    const frames = field([
      [0, 0],
      [5, 4],
      [-1.6, 2.3],
    ]);
    for (const taper of [true, false]) {
      for (const maxShift of [0.5, 1, 2.5, 3]) {
        const { shifts: found } = await alignImages(frames, { maxShift, taper });
        expect(Math.max(...found.map(Math.abs)), `${maxShift}`).toBeLessThanOrEqual(maxShift + 1e-9); // rounding
      }
      const free = await alignImages(frames, { taper });
      expect((await alignImages(frames, { maxShift: 7, taper })).shifts).toEqual(free.shifts);
    }
  });

  test("refuses what cannot be aligned", async () => {
    const refused = async (work: () => Promise<unknown>) => (await caught(work)).message;
    expect(await refused(() => alignImages([three[0]]))).toMatch(/two frames or more/);
    const small = image(new Float32Array(4), [2, 2]);
    expect(await refused(() => alignImages([three[0], small]))).toMatch(/frame 0 of 37 x 50, frame 1 of 2 x 2/);
    expect(await refused(() => alignImages([small, small]))).toMatch(/the value 0 everywhere/);
    expect(await refused(() => alignImages(three, { reference: 3 }))).toMatch(/a frame from 0 to 2/);
    expect(await refused(() => alignImages(three, { upsample: 0 }))).toMatch(/whole number/);
    expect(await refused(() => alignImages(three, { by: "average" as "mean" }))).toMatch(/"sum" or "mean"/);
    const drift = await alignImages(three);
    expect(await refused(() => applyDrift([three[0], three[1]], drift))).toMatch(/2 frames of 37 x 50/);
    const stopped = alignImages(three, { signal: AbortSignal.abort() });
    expect((await caught(() => stopped)).tag).toBe("CancelledError");
  });
});

describe("transformPlane", () => {
  test("gives numpy's fft2 for sizes that are no power of two, and back", () => {
    const made = { rows: 6, columns: 10, data: Float64Array.from(plane as number[]) };
    transformPlane(made);
    expect(made.data).toMatchArray(transform, { absolute: 1e-8 }); // ten digits in the fixture
    inversePlane(made);
    expect(made.data).toMatchArray(plane, { absolute: 1e-12 });
  });

  test("is undone by its inverse for any size", () => {
    const random = createRandom(1);
    for (const [rows, columns] of [
      [1, 1],
      [1, 7],
      [2, 3],
      [8, 4],
      [16, 5],
      [61, 1],
    ]) {
      const data = Float64Array.from({ length: 2 * rows * columns }, () => random.normal());
      const made = { rows, columns, data: data.slice() };
      transformPlane(made);
      const energy = made.data.reduce((a, v) => a + v * v, 0) / (rows * columns);
      expect(energy).toBeCloseTo(
        data.reduce((a, v) => a + v * v, 0),
        9,
      ); // Parseval
      inversePlane(made);
      expect(made.data).toMatchArray(data, { absolute: 1e-12 });
    }
  });
});
