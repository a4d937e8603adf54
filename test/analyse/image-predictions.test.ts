import { beforeAll, describe, expect, test } from "vitest";
import { errors, imagePredictions } from "../../src/analyse";
import { axis, image, type Pairs, spectrumImage } from "../../src/data";
import { fit, im2spec, type Model, predict, spec2im } from "../../src/models";
import { select, shapes, unscale, windows } from "../../src/signal";
import { caught } from "../support/caught";

const [ROWS, COLUMNS, CHANNELS] = [9, 10, 16];
let pairs: Pairs;
let model: Model;
let other: Model;

beforeAll(async () => {
  const height = (pixel: number) => 100 + 40 * Math.sin(pixel / 3);
  const haadf = image(
    Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => height(i)),
    [ROWS, COLUMNS],
  );
  const spectra = spectrumImage(
    Float32Array.from(
      { length: ROWS * COLUMNS * CHANNELS },
      (_, i) => height(Math.floor(i / CHANNELS)) * (i % CHANNELS),
    ),
    [ROWS, COLUMNS, CHANNELS],
    { axes: { energy: axis("energy", CHANNELS, { units: "eV", offset: 0.2, scale: 0.05 }) } },
  );
  pairs = windows(haadf, spectra, { size: 4 });
  const options = { ...shapes(pairs), encoderFilters: 4, decoderFilters: 4 };
  model = spec2im(options);
  other = im2spec(options);
  await fit(model, pairs, { epochs: 2, batch: 8, seed: 1 });
  await fit(other, pairs, { epochs: 1, batch: 8, seed: 1 });
}, 120_000);

const at = [
  { label: "here", row: 4, column: 5 },
  { row: 3, column: 3 },
];

describe("imagePredictions", () => {
  test("gives windows and predictions in the units of the image, with the errors of `errors`", async () => {
    const found = await imagePredictions({ "2 latents": model }, pairs, { at });
    expect(found.labels).toEqual(["here", "3, 3"]);
    expect([...found.positions]).toEqual([4, 5, 3, 3]);
    expect(found.measured.shape).toEqual([2, 4, 4, 1]);
    const { positions } = pairs;
    const indices = at.map(({ row, column }) =>
      Array.from({ length: positions.length / 2 }, (_, i) => i).findIndex(
        (i) => positions[2 * i] === row && positions[2 * i + 1] === column,
      ),
    );
    const chosen = select(pairs, indices);
    expect(found.measured.data).toEqual(unscale(chosen.images.data, pairs.scaling.images));
    const [{ name, images, errors: own }] = found.predicted;
    expect(name).toBe("2 latents");
    expect(images.data).toEqual(unscale((await predict(model, chosen)).data, pairs.scaling.images));
    expect(own).toEqual((await errors(model, chosen)).perSample);
  });

  test.each([
    [() => imagePredictions({ im2spec: other }, pairs, { at }), /predicts spectra/],
    [() => imagePredictions({}, pairs, { at }), /no model/],
    [() => imagePredictions({ m: model }, pairs, { at: [] }), /no place/],
    [() => imagePredictions({ m: model }, pairs, { at: [{ row: 0, column: 0 }] }), /no pair at this scan pixel/],
  ])("refuses what it cannot show", async (work, message) => {
    expect(await caught(work)).toMatchObject({ tag: "OptionError", message: expect.stringMatching(message) });
  });
});
