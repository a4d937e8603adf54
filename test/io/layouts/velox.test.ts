import { describe, expect, test } from "vitest";
import { load } from "../../../src/io/load";
import { read } from "../../../src/io/read";
import { caught } from "../../support/caught";
import { blockDifferences, putLayout, summaries } from "../../support/layout-fixtures";
import { temporaryFolder } from "../../support/temporary-folder";
import fixtures from "../fixtures/layout-files.json";

const folder = temporaryFolder();

describe("an event stream of Velox", () => {
  test("is the sum of all frames and detectors, on the scanned part of the raster", async () => {
    const path = putLayout(folder, "velox-stream.emd");
    const signals = await read(path);
    expect(summaries(signals)).toEqual([
      "EDS: spectrum-image 3 x 4 x 6; y 2 + 0.3 nm, x -1 + 0.2 nm, energy -20 + 5 eV",
      "HAADF: image 3 x 4; y 2 + 0.3 nm, x -1 + 0.2 nm",
      "HAADF frames: array 2 x 3 x 4; time 0 + 0.5 s, y 2 + 0.3 nm, x -1 + 0.2 nm",
      "HAADF: image 5 x 7; y 2 + 0.3 nm, x -1 + 0.2 nm",
    ]);
    expect([...signals[0].data]).toEqual(fixtures.counts);
    expect(signals[0].metadata).toMatchObject({
      detectors: ["SuperXG20", "SuperXG21"],
      instrument: { beamEnergyKeV: 200, microscope: "Talos", dwellSeconds: 2e-5, frameSeconds: 0.5 },
      quantity: "X-rays, sum of 2 detectors",
    });
    expect(await blockDifferences(path)).toEqual([]);
  });

  test("loads with the mean of the frames that were taken meanwhile", async () => {
    const { image, spectra } = await load(putLayout(folder, "velox-stream.emd"));
    expect([spectra.shape, image.shape]).toEqual([
      [3, 4, 6],
      [3, 4],
    ]);
    expect([...image.data]).toEqual(Array.from({ length: 12 }, (_, i) => 2 * i + 0.5)); // of 2 i and 2 i + 1
    expect(image.metadata).toMatchObject({ combined: "mean of 2 frames" });
  });

  test("of detectors with different calibrations is a signal each", async () => {
    const signals = await read(putLayout(folder, "velox-two-detectors.emd"));
    const spectra = signals.filter(({ kind }) => kind === "spectrum-image");
    expect(summaries(spectra).map((line) => line.split(", ").pop())).toEqual([
      "energy -20 + 5 eV",
      "energy -20 + 10 eV",
    ]);
    expect([...spectra[0].data]).toEqual(fixtures.countsOfFirst);
  });

  test("that was stopped within a frame keeps what it has", async () => {
    const [eds] = await read(putLayout(folder, "velox-cut.emd"));
    const missing = fixtures.counts.map((count, i) => count - eds.data[i]);
    expect(Math.min(...missing)).toBe(0);
    expect(missing.slice(0, -6 * 5).every((count) => count === 0)).toBe(true);
    expect(missing.reduce((a, b) => a + b)).toBeGreaterThan(0);
  });

  test("stops on a signal", async () => {
    const path = putLayout(folder, "velox-stream.emd");
    const error = await caught(() => read(path, { signal: AbortSignal.abort() }));
    expect([error.tag, error.got]).toEqual(["CancelledError", expect.stringContaining("a stop request after 0 of")]);
  });

  test("with an X-ray beyond its channels is refused", async () => {
    const error = await caught(() => read(putLayout(folder, "velox-beyond.emd")));
    expect([error.tag, error.got]).toEqual(["FormatError", "an X-ray in channel 6"]);
  });
});

describe("energy-loss spectra of Velox", () => {
  // The cube counts up in the order (y, energy, x) of the file.
  const at = (y: number, x: number, e: number) => (y * 5 + e) * 4 + x;
  const expected = Array.from({ length: 60 }, (_, i) => at(Math.floor(i / 20), Math.floor(i / 5) % 4, i % 5));

  test.each(["velox-eels.emd", "velox-eels-turned.emd"] as const)("%s: energy last, rows first", async (name) => {
    const path = putLayout(folder, name);
    const [eels] = await read(path);
    expect(summaries([eels])).toEqual([
      "EELS: spectrum-image 3 x 4 x 5; y 2 + 0.3 nm, x -1 + 0.2 nm, energy -5.5 + 0.25 eV",
    ]);
    expect([...eels.data]).toEqual(expected);
    expect(await blockDifferences(path)).toEqual([]);
  });

  test("of a line are one row", async () => {
    const [line] = await read(putLayout(folder, "velox-eels-line.emd"));
    expect(line.shape).toEqual([1, 4, 5]);
    expect([...line.data]).toEqual(expected.slice(20, 40));
  });
});
