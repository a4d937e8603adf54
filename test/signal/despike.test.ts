import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/core/random";
import { axis, type SpectrumImage, spectrumImage } from "../../src/data";
import { type DespikeOptions, despike } from "../../src/signal";
import { caught } from "../support/caught";
import { cleanUp } from "./support/clean-up-fixture";

const { brightness, expected, dirty, where, hyperspy } = cleanUp.spikes;
const energy = axis("energy", 150, { units: "eV", offset: -4, scale: 0.2 });
const make = (values: ArrayLike<number>, rows = 8, columns = 9): SpectrumImage =>
  spectrumImage(Float32Array.from(values), [rows, columns, values.length / rows / columns], {
    ...(values.length === 10800 ? { axes: { energy } } : {}),
  });
const spiked = new Set<number>(
  where.flatMap(([row, column, first, width]: number[]) =>
    Array.from({ length: width }, (_, k) => (row * 9 + column) * 150 + first + k),
  ),
);
const truth = (i: number) => brightness[Math.floor(i / 150)] * expected[i % 150];
const changes = ({ data }: SpectrumImage, before: ArrayLike<number> = dirty) =>
  [...data.keys()].filter((i) => data[i] !== before[i]);

describe("despike", () => {
  test("finds the spikes beside and on a peak of 60 times their height, and replaces nothing else", async () => {
    const { spectra, spikes, map } = await despike(make(dirty));
    expect(spikes).toHaveLength(where.length);
    expect(changes(spectra)).toEqual([...spiked].sort((a, b) => a - b));
    expect(map.data.reduce((a, b) => a + b, 0)).toBe(spiked.size);
    const [highest] = spikes; // 500 counts at row 7, column 8, channels 75 and 76
    expect(highest).toMatchObject({ row: 7, column: 8, channels: [75, 77] });
    expect(Math.abs(highest.energy - (-4 + 0.2 * 75.5))).toBeLessThan(0.11);
    expect(highest.height).toBeGreaterThan(400);
    expect(highest.sigmas).toBeGreaterThan(8);
  });

  test("leaves less error under the spikes, and replaces fewer wrong channels, than HyperSpy at its best threshold", async () => {
    const { spectra } = await despike(make(dirty));
    const squares = [...spiked].map((i) => (spectra.data[i] - truth(i)) ** 2);
    const error = Math.sqrt(squares.reduce((a, b) => a + b, 0) / squares.length);
    for (const peer of hyperspy as { found: number; wrong: number; error: number }[]) {
      expect(error).toBeLessThan(peer.error);
      expect(peer.wrong + spiked.size - peer.found).toBeGreaterThan(0); // it changes what is none, or misses one
    }
    expect(error).toBeLessThan(15); // the median of 8 neighbours of about 60 counts and unlike brightness
  });

  test("keeps all channels of spectra without a spike", async () => {
    const random = createRandom(8);
    const noise = Float32Array.from({ length: 30 * 30 * 60 }, () => 100 + 10 * random.normal());
    const { spectra, spikes } = await despike(make(noise, 30, 30));
    expect(spikes).toHaveLength(0);
    expect(spectra.data.every((v, i) => v === noise[i])).toBe(true); // toEqual takes a second
    expect(spectra.data).not.toBe(noise);
  });

  test("takes no single electron for a spike where most channels count none", async () => {
    const random = createRandom(9);
    const counts = Array.from({ length: 8 * 9 * 150 }, () => (random.uniform() < 0.03 ? 1 : 0) as number);
    expect((await despike(make(counts))).spikes).toHaveLength(0);
    counts[3000] = 40;
    expect((await despike(make(counts))).spikes).toHaveLength(1);
  });

  test("does it within one spectrum, and in a single row", async () => {
    const one = dirty.slice((3 * 9 + 3) * 150, (3 * 9 + 4) * 150);
    const tail = one.slice(40);
    tail[60] += 400;
    const { spikes, options } = await despike(make(tail, 1, 1));
    expect(options.compare).toBe("spectrum");
    expect(spikes.map(({ channels }) => channels[0])).toEqual([60]);
    const row = await despike(make(dirty.slice(0, 9 * 150), 1, 9));
    expect(row.spikes.map(({ column, channels }) => [column, channels[0]])).toEqual([[0, 90]]);
  });

  test("leaves what is wider than a spike", async () => {
    const { spikes } = await despike(make(dirty), { channels: 1 });
    expect(spikes.every(({ channels: [first, end] }) => end - first === 1)).toBe(true);
    expect(spikes).toHaveLength(7); // of the ten, three are two or three channels wide
  });

  test("finds dips too when it is told to", async () => {
    const dead = [...dirty];
    dead[5 * 150 + 20] = 0; // the top of the strong peak
    expect((await despike(make(dead))).spikes).toHaveLength(10);
    const { spikes } = await despike(make(dead), { sign: "both" });
    expect(spikes).toHaveLength(11);
    expect(spikes[0].height).toBeLessThan(-2000);
  });

  test("gives another answer with each option", async () => {
    const variants: DespikeOptions[] = [
      {},
      { threshold: 25 },
      { channels: 2 },
      { compare: "spectrum" },
      { replace: "interpolation" },
    ];
    const results = await Promise.all(
      variants.map(async (options) => (await despike(make(dirty), options)).spectra.data.join()),
    );
    expect(new Set(results).size).toBe(variants.length);
  });

  test("writes what it did into the history, and reports how far it is", async () => {
    const seen: number[] = [];
    const { spectra } = await despike(make(dirty), { onProgress: ({ done }) => seen.push(done) });
    expect(spectra.history.at(-1)).toMatchObject({
      operation: "despike",
      options: { threshold: 8, channels: 3, compare: "scan", spikes: 10, replaced: spiked.size },
    });
    expect(spectra.axes.energy).toEqual(energy);
    expect(seen.at(-1)).toBe(72);
  });

  test("refuses what it cannot do", async () => {
    const refused = async (options: DespikeOptions, value = make(dirty)) =>
      (await caught(() => despike(value, options))).message;
    expect(await refused({ threshold: 0 })).toMatch(/a positive number/);
    expect(await refused({ channels: 40 })).toMatch(/at most 36/);
    expect(await refused({ compare: "scan" }, make(dirty.slice(0, 150), 1, 1))).toMatch(/"spectrum" for one pixel/);
    expect(await refused({}, make([...dirty.slice(0, 149), Number.NaN], 1, 1))).toMatch(/1 not finite/);
    expect((await caught(() => despike(make(dirty), { signal: AbortSignal.abort() }))).tag).toBe("CancelledError");
  });
});
