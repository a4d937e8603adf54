import { beforeAll, describe, expect, test } from "vitest";
import { classManifolds, type ImageManifold, latent, manifold, type SpectrumManifold } from "../../src/analyse";
import { latentGrid } from "../../src/analyse/latent-grid";
import { decode, fit, type Im2specModel, im2spec, jrvae, type Spec2imModel, spec2im, vae } from "../../src/models";
import { pixelSpectra, shapes, unscale, windows } from "../../src/signal";
import { rejected, thrown } from "../support/errors";
import scipy from "./fixtures/scipy-density.json";
import { CHANNELS, relief } from "./support/relief";

const scan = relief();
const pairs = windows(scan.image, scan.spectra, { size: 4 });
const small = { encoderFilters: 4, decoderFilters: 4, encoderLayers: 1, decoderLayers: 2 };
let toSpectra: Im2specModel;
let toImages: Spec2imModel;
beforeAll(async () => {
  toSpectra = im2spec({ ...shapes(pairs), ...small, latent: 3, seed: 1 });
  toImages = spec2im({ ...shapes(pairs), ...small, latent: 2, seed: 1 });
  await fit(toSpectra, pairs, { epochs: 2, batch: 16, seed: 4 });
  await fit(toImages, pairs, { epochs: 2, batch: 16, seed: 4 });
});

describe("manifold", () => {
  test("of im2spec is what decode gives at the points of the grid, in the units of the data", async () => {
    const coordinates = await latent(toSpectra, pairs);
    const found = (await manifold(toSpectra, { samples: coordinates, grid: [3, 2] })) as SpectrumManifold;
    expect(found).toMatchObject({ kind: "manifold", side: "spectra", model: "im2spec", by: "range", seed: 4 });
    expect(found.spectra.shape).toEqual([2, 3, CHANNELS]);
    expect(found.energy).toBe(pairs.axes.energy);
    const { points } = latentGrid(coordinates, { grid: [3, 2] }, 9);
    expect(found.through[2]).toBe(points.data[2]);
    expect([found.through[0], found.through[1]]).toEqual([Number.NaN, Number.NaN]);
    const alone = { data: points.data.slice(12, 15), shape: [1, 3] };
    const tile = unscale((await decode(toSpectra, alone)).data, pairs.scaling.spectra);
    expect(found.spectra.data.slice(4 * CHANNELS, 5 * CHANNELS)).toMatchArray(tile, { relative: 1e-5 }); // batches of 6 and 1
  });

  test("of spec2im is one image a point", async () => {
    const found = (await manifold(toImages, { samples: pairs, grid: [2, 3] })) as ImageManifold;
    expect(found.images.shape).toEqual([3, 2, 4, 4, 1]);
    const point = { data: Float32Array.from([found.grid.x[1], found.grid.y[2]]), shape: [1, 2] };
    const tile = unscale((await decode(toImages, point)).data, pairs.scaling.images);
    expect(found.images.data.slice(-16)).toMatchArray(tile, { relative: 1e-5 });
    expect(((await manifold(toImages, { samples: pairs })) as ImageManifold).images.shape).toEqual([9, 9, 4, 4, 1]);
  });

  test("of a model fitted to samples runs over the samples, by quantiles over the prior", async () => {
    const ranged = await manifold(toImages, { samples: pairs });
    const found = await manifold(toImages, { by: "quantiles" });
    expect([found.by, ranged.by]).toEqual(["quantiles", "range"]);
    expect([...found.grid.x]).toMatchArray(scipy.manifold2d, { absolute: 1e-15 });
    expect([...found.grid.y]).toMatchArray(scipy.manifold2d, { absolute: 1e-15 });
    expect([...found.through]).toEqual([Number.NaN, Number.NaN]);
    expect([...ranged.grid.x]).not.toEqual([...found.grid.x]);
  });

  test("every option changes the answer", async () => {
    const samples = await latent(toSpectra, pairs);
    const base = (await manifold(toSpectra, { samples, grid: 3 })) as SpectrumManifold;
    for (const options of [
      { latents: [1, 0] as const },
      { latents: [0, 2] as const },
      { by: "quantiles" as const },
      { range: { x: [-1, 1] as const } },
      { range: { y: [-1, 1] as const } },
      { through: [0, 0, 5] },
    ]) {
      const other = (await manifold(toSpectra, { samples, grid: 3, ...options })) as SpectrumManifold;
      expect(other.spectra.data, JSON.stringify(options)).not.toEqual(base.spectra.data);
    }
    // The two latents of the plane do not count in the point it goes through.
    const same = (await manifold(toSpectra, {
      samples,
      grid: 3,
      through: [9, 9, base.through[2]],
    })) as SpectrumManifold;
    expect(same.spectra.data).toEqual(base.spectra.data);
  });

  test("of a model fitted to a bare array is in the array's own numbers", async () => {
    const bare = { ...toSpectra, scaling: undefined, axes: undefined };
    const found = (await manifold(bare, { by: "quantiles", grid: 2 })) as SpectrumManifold;
    const scaled = (await manifold(toSpectra, { by: "quantiles", grid: 2 })) as SpectrumManifold;
    expect(unscale(found.spectra.data, pairs.scaling.spectra)).toEqual(scaled.spectra.data);
    expect(found.energy).toMatchObject({ units: "channel", size: CHANNELS });
  });

  test("is one for all classes where a model has none", async () => {
    const found = await classManifolds(toImages, { samples: pairs, grid: 2 });
    expect(found).toHaveLength(1);
    expect(found[0]).not.toHaveProperty("class");
  });

  test("of a jrVAE is one for each combination of classes, decoded without samples", async () => {
    const model = jrvae({ image: [4, 4, 1], latent: 2, classes: [2, 3], hidden: 8, seed: 2 });
    await fit(model, { data: pairs.images.data, shape: pairs.images.shape }, { epochs: 1, batch: 32, seed: 1 });
    const all = (await classManifolds(model, { grid: 2 })) as ImageManifold[];
    expect(all.map((one) => one.class)).toEqual([0, 1, 2, 3, 4, 5]);
    // The lower left tile of class 4: the second of the first group, the second of the second.
    const low = scipy.manifold2d[0];
    const point = { data: Float32Array.of(low, low, 0, 1, 0, 1, 0), shape: [1, 7] };
    expect(all[4].images.data.slice(0, 16)).toMatchArray((await decode(model, point)).data, { absolute: 1e-6 });
    const one = (await manifold(model, { grid: 2, class: 4 })) as ImageManifold;
    expect(one.images.data).toEqual(all[4].images.data);
    expect(one.images.data).not.toEqual(all[0].images.data);
    expect(await rejected(() => manifold(model, { class: 6 }))).toMatchObject({ tag: "OptionError" });
  });

  test("of a VAE of spectra needs no samples", async () => {
    const model = vae({ spectrum: CHANNELS, latent: 2, hidden: 8, seed: 2 });
    await fit(model, pixelSpectra(scan.spectra), { epochs: 1, batch: 32, seed: 1 });
    const found = (await manifold(model)) as SpectrumManifold;
    expect(found).toMatchObject({ by: "quantiles", side: "spectra", model: "vae" });
    expect(found.spectra.shape).toEqual([9, 9, CHANNELS]);
    const inside = await manifold(model, { samples: pixelSpectra(scan.spectra) });
    expect(inside.by).toBe("range");
  });

  test.each([
    ["no samples and no prior", () => manifold(toImages), "OptionError", /samples: pairs/],
    ["a range without samples", () => manifold(toImages, { by: "range" }), "OptionError", /no samples/],
    ["a class of a model without", () => manifold(toImages, { samples: pairs, class: 1 }), "OptionError", /0 classes/],
    ["another spacing", () => manifold(toImages, { by: "log" as never }), "OptionError", /by: "log"/],
    ["a point of another space", () => manifold(toImages, { by: "quantiles", through: [1] }), "OptionError", /\[1\]/],
    [
      "a range of words",
      () => manifold(toImages, { samples: pairs, range: { x: [0, Number.NaN] } }),
      "OptionError",
      /range\.x: \[0, NaN\]/,
    ],
    ["a model that was not trained", () => manifold(im2spec(shapes(pairs))), "NotFittedError", /fit\(/],
    [
      "to go on when stopped",
      () => manifold(toImages, { by: "quantiles", signal: AbortSignal.abort() }),
      "CancelledError",
      /stopped/,
    ],
  ] as const)("refuses %s", async (_, work, tag, message) => {
    const error = await rejected(work);
    expect(error).toMatchObject({ tag });
    expect(String(error)).toMatch(message);
  });
});

describe("latentGrid over the prior", () => {
  test("has zeros at the other latents, and one point in the middle", () => {
    const { points } = latentGrid(3, { grid: 1, latents: [2, 0] }, 9);
    expect([...points.data]).toEqual([0, 0, 0]);
    const { grid } = latentGrid(3, { grid: [2, 1], range: { y: [4, 5] } }, 9);
    expect([[...grid.x][0], grid.y[0]]).toMatchArray([-1.6448536269514722, 4], { absolute: 1e-12 });
    expect(thrown(() => latentGrid(1, {}, 9))).toMatchObject({ tag: "OptionError" });
  });
});
