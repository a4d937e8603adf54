import { describe, expect, test } from "vitest";
import { errors, type LatentCoordinates } from "../../src/analyse";
import type { FloatArray, Pairs } from "../../src/data";
import {
  autoencoder,
  decode,
  dualSides,
  dualVae,
  encode,
  fit,
  im2spec,
  type Model,
  posterior,
  predict,
  rvae,
  spec2im,
  vae,
} from "../../src/models";
import { renderSvg } from "../../src/notebook/render";
import { imageWindows, pixelSpectra, select, shapes, unscale, windows } from "../../src/signal";
import { type ExploreLatentOptions, exploreLatent } from "../../src/views/explore-latent";
import { latentAbout } from "../../src/views/latent-about";
import type { LatentExplorer } from "../../src/views/latent-explorer";
import type { DecodeAnswer, DecodeQuestion, LatentAbout, SampleAnswer } from "../../src/views/latent-protocol";
import { relief } from "../analyse/support/relief";
import { everyKind } from "../models/support/every-kind";
import { linkedPairs } from "../models/support/linked-pairs";
import { rejected, thrown } from "../support/errors";

const scan = relief();
const pairs = windows(scan.image, scan.spectra, { size: 4 });
const linked = linkedPairs(40);
const small = { encoderFilters: 4, decoderFilters: 4, encoderLayers: 1, decoderLayers: 2 };

/** A model as `fit` leaves it, with its first weights. */
function trained<M extends Model>(model: M, samples: Pick<Pairs, "scaling" | "axes"> = pairs): M {
  return Object.assign(model, { scaling: samples.scaling, axes: samples.axes });
}

/** Asks as a front end does. */
async function ask<T>(
  view: LatentExplorer,
  name: string,
  question: unknown,
): Promise<{ content: T; data: Float32Array[] }> {
  return new Promise((resolve, reject) => {
    const front = view.attach((message, buffers) => {
      if (message.method !== "custom") return;
      const { content, error } = message.content as { content: T; error?: string };
      front.detach();
      if (error !== undefined) reject(new Error(error));
      else resolve({ content, data: buffers.map((one) => new Float32Array(one.slice().buffer)) });
    });
    front.receive({ method: "custom", content: { ask: name, id: 1, question } }, []);
  });
}

const decodeAt = (view: LatentExplorer, question: Partial<DecodeQuestion>) =>
  ask<DecodeAnswer>(view, "decode", { latents: [0, 1], x: 0.3, y: -0.2, like: 0, ...question });

async function decoded(model: Model, side: "images" | "spectra", samples: Pairs, ...point: number[]) {
  const array: FloatArray = { data: Float32Array.from(point), shape: [1, point.length] };
  return unscale((await decode(model, array)).data, samples.scaling[side]);
}

const exact = { relative: 1e-6, absolute: 1e-6 };

test("the axis of spectra is titled as in the figures: in their units, or arbitrary ones where only images are", () => {
  const counted = { ...pairs, metadata: { quantity: "Counts", units: "e" } };
  const model = trained(im2spec({ ...shapes(pairs), ...small, latent: 2, seed: 1 }));
  const coordinates = { values: { data: new Float32Array(4), shape: [2, 2] } } as unknown as LatentCoordinates;
  expect(latentAbout(model, counted, coordinates, []).intensityTitle).toBe("Counts (e)");
  const windowsOnly = { ...imageWindows(scan.image, { size: 4 }), metadata: counted.metadata };
  expect(latentAbout(model, windowsOnly, coordinates, []).intensityTitle).toBe("Intensity (arb. units)");
});

describe("the latent explorer's answers", () => {
  test.for([1, 2, 3, 10])(
    "with %i latents are what decode gives at the pointer, in the units of the data",
    async (size) => {
      const model = trained(vae({ spectrum: shapes(pairs).spectrum, hidden: 8, latent: size, seed: size }));
      const view = await exploreLatent(model, pairs);
      const { data: places } = await encode(model, pairs);
      const rest = [...places.slice(5 * size, 6 * size)];
      const point = [0.3, -0.2, ...rest.slice(2)].slice(0, size);
      const latents = size === 1 ? [0, 0] : [0, 1];
      const { content, data } = await decodeAt(view, { latents: latents as [number, number], like: 5 });
      expect(content.point).toMatchArray(point, exact);
      expect(data[0]).toHaveLength(0);
      expect(data[1]).toMatchArray(await decoded(model, "spectra", pairs, ...point), exact);
      if (size < 3) return;
      // The last two latents along the sides, the first at a slider.
      const others = rest.map((_, j) => j / 10);
      const asked = { latents: [size - 1, size - 2] as const, others };
      const there = await decodeAt(view, asked);
      others[size - 1] = 0.3;
      others[size - 2] = -0.2;
      expect(there.data[1]).toMatchArray(await decoded(model, "spectra", pairs, ...others), exact);
    },
  );

  test("place the samples where encode does, inside their own contours", async () => {
    const model = trained(vae({ spectrum: shapes(pairs).spectrum, hidden: 8, latent: 3, seed: 3 }));
    const view = await exploreLatent(model, pairs, { latents: [2, 0] });
    const { data: places } = await encode(model, pairs);
    const { content, data } = await ask<{ range: { x: [number, number] } }>(view, "plane", { latents: [2, 0] });
    const [x, y, ...contours] = data;
    expect(view.get("latents")).toEqual([2, 0]);
    expect(x).toMatchArray(
      places.filter((_, i) => i % 3 === 2),
      exact,
    );
    expect(y).toMatchArray(
      places.filter((_, i) => i % 3 === 0),
      exact,
    );
    expect(contours).toHaveLength(5);
    const [outer, inner] = [contours[0], contours[4]].map((line) =>
      line.filter((v, i) => i % 2 === 0 && !Number.isNaN(v)),
    );
    expect(Math.max(...inner)).toBeLessThan(Math.max(...outer));
    expect(content.range.x[0]).toBeLessThan(Math.min(...x));
  });

  test("spread the samples of a single latent under the curve of its density", async () => {
    const model = trained(vae({ spectrum: shapes(pairs).spectrum, hidden: 8, latent: 1 }));
    const { data } = await ask(await exploreLatent(model, pairs), "plane", { latents: [0, 0] });
    const [, y, curve] = data;
    const heights = curve.filter((v, i) => i % 2 === 1 && !Number.isNaN(v));
    expect(Math.max(...y)).toBeLessThan(Math.max(...heights));
    expect(Math.min(...y)).toBeGreaterThanOrEqual(0);
    // Its area is 1.
    const x = curve.filter((v, i) => i % 2 === 0 && !Number.isNaN(v));
    expect(heights.reduce((sum, height) => sum + height * (x[1] - x[0]), 0)).toBeCloseTo(1, 2);
  });

  test("of one sample are its window, its spectrum and what predict makes of them", async () => {
    const both = trained(dualVae({ ...shapes(linked), hidden: 6, latent: 2, seed: 2 }), linked);
    const view = await exploreLatent(both, linked);
    const one = select(linked, [7]);
    const { content, data } = await ask<SampleAnswer>(view, "sample", { index: 7 });
    expect(content).toMatchObject({ index: 7, row: 0, column: 7 });
    expect(content.point).toMatchArray([...(await encode(both, one)).data], exact);
    const inUnits = (array: FloatArray, side: "images" | "spectra") => unscale(array.data, linked.scaling[side]);
    expect(data[0]).toMatchArray(inUnits(one.images, "images"), exact);
    expect(data[1]).toMatchArray(inUnits(one.spectra, "spectra"), exact);
    expect(data[2]).toMatchArray(inUnits(await predict(dualSides(both).image, one), "images"), exact);
    expect(data[3]).toMatchArray(inUnits(await predict(both, one), "spectra"), exact);
  });

  test("of a dual VAE are both sides from one point, the window upright", async () => {
    const both = trained(dualVae({ ...shapes(linked), hidden: 6, latent: 2, seed: 2 }), linked);
    const { data } = await decodeAt(await exploreLatent(both, linked), {});
    expect(data[0]).toMatchArray(await decoded(dualSides(both).image, "images", linked, 0.3, -0.2), exact);
    expect(data[1]).toMatchArray(await decoded(both, "spectra", linked, 0.3, -0.2), exact);
  });

  test("of a jrVAE draw the class of the sample, or the one chosen", async () => {
    const [make] = everyKind.filter((one) => one().kind === "jrvae");
    const model = trained(make(), linked);
    const view = await exploreLatent(model, linked);
    const { classes } = await posterior(model, linked);
    const own = Array.from(classes?.data.slice(0, 5) ?? []);
    const first = own.indexOf(Math.max(...own.slice(0, 3)));
    const second = own.indexOf(Math.max(...own.slice(3))) - 3;
    const near = await decodeAt(view, { like: 0 });
    expect(near.content.class).toBe(2 * first + second);
    expect((view.get("about") as LatentAbout).classes).toContain("class 3 and 1");
    const chosen = await decodeAt(view, { class: 4 });
    expect(chosen.data[0]).toMatchArray(await decoded(model, "images", linked, 0.3, -0.2, 0, 0, 1, 1, 0), exact);
  });

  test("of a selection are its mean and spread", async () => {
    const model = trained(autoencoder({ spectrum: shapes(pairs).spectrum, hidden: 8, seed: 1 }));
    const view = await exploreLatent(model, pairs);
    const chosen = [9, 2, 4, 9];
    view.selection = chosen;
    expect([...view.selection]).toEqual([2, 4, 9]);
    const { content, data } = await ask<{ count: number }>(view, "selected", {});
    const raw = unscale(select(pairs, view.selection).spectra.data, pairs.scaling.spectra);
    const channels = raw.length / 3;
    const at = (k: number) => [0, 1, 2].map((i) => raw[i * channels + k]);
    const mean = Array.from({ length: channels }, (_, k) => at(k).reduce((a, b) => a + b) / 3);
    expect(content.count).toBe(3);
    expect(data[1]).toMatchArray(mean, { relative: 1e-5, absolute: 1e-5 });
    const spread = mean.map((m, k) => Math.sqrt(at(k).reduce((sum, v) => sum + (v - m) ** 2, 0) / 3));
    expect(data[2]).toMatchArray(spread, { relative: 1e-3, absolute: 1e-5 });
    expect(thrown(() => (view.selection = [-1]))).toMatchObject({ tag: "ShapeError" });
  });

  test("colour the samples by error, image, a latent, or what is given", async () => {
    const model = trained(im2spec({ ...shapes(pairs), ...small, latent: 3, seed: 1 }));
    const given = Float32Array.from({ length: pairs.images.shape[0] }, (_, i) => i);
    const view = await exploreLatent(model, pairs, { colour: given, legend: "place" });
    const { perSample } = await errors(model, pairs);
    const values = async (by: string) => (await ask(view, "colours", { by })).data[0];
    expect(await values("error")).toMatchArray(
      perSample.map((e) => 100 * e),
      exact,
    );
    expect(await values("given")).toEqual(given);
    const { data } = await encode(model, pairs);
    expect(await values("latent 3")).toMatchArray(
      data.filter((_, i) => i % 3 === 2),
      exact,
    );
    const { positions, scan: size } = pairs;
    const centre = Array.from(given, (_, i) => scan.image.data[positions[2 * i] * size[1] + positions[2 * i + 1]]);
    expect(await values("picture")).toMatchArray(centre, { relative: 1e-4, absolute: 1e-4 });
    await expect(values("taste")).rejects.toThrow('coloured by "taste"');
  });

  test("come for every kind of model that has latents, from each kind of samples", async () => {
    for (const make of everyKind) {
      const model = trained(make(), linked);
      if (model.kind === "classifier" || model.kind === "segmenter") continue;
      const depth = (model.options as { readonly image?: readonly number[] }).image?.[2] ?? 1;
      if (depth > 1) continue; // the windows have one channel
      const view = await exploreLatent(model, linked);
      const { decoded: sides } = view.get("about") as LatentAbout;
      const { data } = await decodeAt(view, {});
      expect(
        data.map((one) => one.length),
        model.kind,
      ).toEqual([sides.includes("images") ? 64 : 0, sides.includes("spectra") ? 16 : 0]);
    }
    const spectra = pixelSpectra(scan.spectra);
    const images = imageWindows(scan.image, { size: 4 });
    const ofSpectra = trained(spec2im({ ...shapes(pairs), ...small, latent: 2 }), {
      scaling: { images: pairs.scaling.images, spectra: spectra.scaling.spectra },
      axes: pairs.axes,
    });
    const ofImages = trained(rvae({ ...shapes(images), hidden: 8 }), images as unknown as Pairs);
    expect((await decodeAt(await exploreLatent(ofSpectra, spectra), {})).data.map((d) => d.length)).toEqual([16, 0]);
    expect((await decodeAt(await exploreLatent(ofImages, images), {})).data.map((d) => d.length)).toEqual([16, 0]);
  });

  test("do not wait for a training run to end, and do not change it", async () => {
    const spectra = pixelSpectra(scan.spectra);
    const make = () => vae({ ...shapes(spectra), hidden: 16, seed: 5 });
    const options = { epochs: 12, batch: 8, seed: 2 } as const;
    const alone = make();
    await fit(alone, spectra, options);
    const watched = make();
    const view = await exploreLatent(trained(make(), spectra as unknown as Pairs), spectra);
    let answers = 0;
    const run = fit(watched, spectra, { ...options, onProgress: () => void decodeAt(view, {}).then(() => answers++) });
    let whenEnded = 0;
    await run.then(() => (whenEnded = answers));
    expect(whenEnded).toBeGreaterThan(1);
    for (const [name, { data }] of Object.entries(alone.parameters))
      expect(watched.parameters[name].data).toEqual(data);
  });

  test("say when the model has been trained since the samples were placed", async () => {
    const spectra = pixelSpectra(scan.spectra);
    const model = vae({ ...shapes(spectra), hidden: 8 });
    await fit(model, spectra, { epochs: 1, batch: 8 });
    const view = await exploreLatent(model, spectra);
    expect((await decodeAt(view, {})).content.current).toBe(true);
    await fit(model, spectra, { epochs: 1, batch: 8 });
    expect((await decodeAt(view, {})).content.current).toBe(false);
  });
});

describe("a latent explorer", () => {
  const refused = (model: Model, options?: ExploreLatentOptions) =>
    rejected(() => exploreLatent(model, linked, options));

  test("refuses models without a latent plane, untrained ones, and those of other samples", async () => {
    for (const make of everyKind.filter((one) => ["classifier", "segmenter"].includes(one().kind))) {
      expect(await refused(trained(make(), linked))).toMatchObject({
        tag: "OptionError",
        got: expect.stringContaining("classes"),
      });
    }
    const ordinary = () => vae({ spectrum: 16, hidden: 8, latent: 3 });
    expect(await refused(ordinary())).toMatchObject({ tag: "NotFittedError" });
    expect(await refused(trained(vae({ spectrum: 20, hidden: 8 }), linked))).toMatchObject({ tag: "ShapeError" });
    expect(await refused(trained(ordinary()))).toMatchObject({
      tag: "OptionError",
      message: expect.stringContaining("scaled"),
    });
    const apart = dualVae({ ...shapes(linked), hidden: 6, link: "none" });
    expect(await refused(trained(apart, linked))).toMatchObject({
      tag: "OptionError",
      remedy: expect.stringContaining("dualSides"),
    });
    for (const latents of [
      [0, 3],
      [1, 1],
      [0.5, 1],
    ] as const) {
      expect(await refused(trained(ordinary(), linked), { latents })).toMatchObject({ tag: "OptionError" });
    }
    expect(await refused(trained(ordinary(), linked), { colour: [1, 2] })).toMatchObject({ tag: "ShapeError" });
  });

  test.for([1, 2, 3])("of %i latents is a figure where nothing is interactive", async (latent) => {
    const both = trained(dualVae({ ...shapes(linked), hidden: 6, latent, seed: 2 }), linked);
    const view = await exploreLatent(both, linked);
    const svg = await renderSvg(view.picture?.() as never);
    expect(svg).toContain(latent === 1 ? "Density" : "Decoded windows");
    if (latent > 1) expect(svg).toContain("Decoded spectra");
  });
});
