import { beforeAll, describe, expect, test } from "vitest";
import { errors, transfer } from "../../src/analyse";
import { axis, image, type Pairs, spectrumImage } from "../../src/data";
import { fit, type Im2specModel, type VaeModel, vae } from "../../src/models";
import { describe as inWords } from "../../src/notebook/describe";
import { pixelSpectra, select, unscale } from "../../src/signal";
import { smallModel, smallPairs } from "../models/support/small-pairs";
import { rejected } from "../support/errors";

const pairs = smallPairs(150);
const train = select(
  pairs,
  Array.from({ length: 110 }, (_, i) => i),
);
const held = select(
  pairs,
  Array.from({ length: 40 }, (_, i) => 110 + i),
);
let model: Im2specModel;
let spectral: VaeModel;
beforeAll(async () => {
  model = smallModel({ latent: 2 });
  await fit(model, train, { epochs: 12, batch: 22, learningRate: 5e-3 });
  spectral = vae({ spectrum: 16, hidden: 8 });
  await fit(spectral, train, { epochs: 2, batch: 22 });
});

/** The same samples as another program would scale them. */
function otherwise(given: Pairs, offset: number, range: number): Pairs {
  const raw = unscale(given.spectra.data, given.scaling.spectra);
  return {
    ...given,
    spectra: { ...given.spectra, data: raw.map((v) => (v - offset) / range) },
    scaling: { ...given.scaling, spectra: { offset, range } },
  };
}

describe("transfer", () => {
  test("of the model's own test set gives its errors, and no difference", async () => {
    const found = await transfer(model, held, { test: held });
    expect(found.errors.perSample).toEqual((await errors(model, held)).perSample);
    expect(found.own?.overall).toBe(found.errors.overall);
    expect(found.differences).toEqual([]);
    expect(found.outside).toBeLessThanOrEqual(0.05);
    expect(found.latent.values.shape).toEqual([40, 2]);
    expect(inWords(found)).toBe(found.summary);
    expect(found.summary).toMatch(/on the model's own test set .*\(1\.00 times\)/);
  });

  test("brings data scaled otherwise to the model's numbers, and says so", async () => {
    const found = await transfer(model, otherwise(held, -2, 5));
    expect(found.scale).toBe("model");
    expect(found.samples.scaling).toEqual(train.scaling);
    const expected = (await errors(model, held)).perSample;
    expect(found.errors.perSample).toMatchArray(expected, { relative: 1e-4 }); // float32, scaled twice
    expect(found.differences.join()).toMatch(/scaling of the spectra differs: .* 1 to 4 in training, for -2 to 3/);
    expect(found.own).toBeUndefined();
    const kept = await transfer(model, otherwise(held, -2, 5), { scale: "own" });
    expect(kept.scale).toBe("own");
    expect(kept.errors.overall).not.toBeCloseTo(found.errors.overall, 3);
    expect(kept.samples.scaling).toMatchObject({ spectra: { offset: -2, range: 5 } });
  });

  test("names other energies and pixel sizes", async () => {
    const moved = {
      ...held,
      axes: {
        y: axis("y", 300, { units: "nm" }),
        x: axis("x", 300, { units: "nm", scale: 1.5 }),
        energy: axis("energy", 16, { units: "eV", scale: 0.05, offset: 0.02 }),
      },
    };
    const { differences } = await transfer(model, moved);
    expect(differences).toHaveLength(2);
    expect(differences[0]).toMatch(
      /energy axis differs: 16 channels from 0 to 0\.75 eV in training, 16 channels from 0\.02/,
    );
    expect(differences[1]).toMatch(/pixel size along x differs: 1 nm in training, 1\.5 nm/);
  });

  test("counts the samples outside the latent distribution, and the noise", async () => {
    const wild = { ...held, images: { ...held.images, data: held.images.data.map((v) => 8 * v) } };
    const found = await transfer(model, wild, { test: held, noise: 0.3 });
    expect(found.outside).toBeGreaterThan(0.3);
    expect(found.errors.noiseFloor).toBe((await errors(model, wild, { noise: 0.3 })).noiseFloor);
    const own = await errors(model, held);
    expect(found.own?.perSample).toEqual(own.perSample);
    expect(found.own?.noiseFloor).toBeUndefined(); // the noise is that of the other data
    const times = (found.errors.mean / own.mean).toPrecision(3);
    expect(found.summary).toContain(`own test set ${(100 * own.mean).toPrecision(3)} % (${times} times)`);
  });

  test("cuts the windows of a scan itself", async () => {
    const scan = image(
      Float32Array.from({ length: 180 }, (_, i) => Math.sin(i)),
      [12, 15],
      { axes: { y: axis("y", 12, { units: "nm" }), x: axis("x", 15, { units: "nm" }) } },
    );
    const spectra = spectrumImage(
      Float32Array.from({ length: 180 * 16 }, (_, i) => 2 + Math.sin(i)),
      [12, 15, 16],
      { axes: { energy: pairs.axes.energy } },
    );
    const found = await transfer(model, { image: scan, spectra });
    expect(found.samples.kind).toBe("pairs");
    expect(found.errors.map.shape).toEqual([12, 15]);
    expect(found.samples.scaling).toEqual(train.scaling);
  });

  test("moves a model of spectra alone", async () => {
    const spectra = spectrumImage(
      Float32Array.from({ length: 64 }, (_, i) => i),
      [2, 2, 16],
      { axes: { energy: pairs.axes.energy } },
    );
    expect((await transfer(spectral, pixelSpectra(spectra))).errors.perSample).toHaveLength(4);
  });

  test("refuses what cannot work at all, and names what differs", async () => {
    const narrow = { ...held, spectra: { data: held.spectra.data.slice(0, 40 * 8), shape: [40, 8] } };
    const channels = await rejected(() => transfer(model, narrow));
    expect(channels).toMatchObject({ tag: "ShapeError" });
    expect(String(channels)).toMatch(/spectra of 8\n.*spectra of 16\n.*16 channels from 0 to 0\.75 eV/);
    const flat = { ...held, images: { data: held.images.data, shape: [40, 4, 16, 1] } };
    expect(String(await rejected(() => transfer(model, flat)))).toMatch(/windows of 4 x 16 x 1[\s\S]*size: \[8, 8\]/);
    const metres = { ...held, axes: { ...held.axes, energy: axis("energy", 16, { units: "nm", scale: 0.05 }) } };
    expect(await rejected(() => transfer(model, metres))).toMatchObject({ tag: "AxisError" });
    const apart = {
      ...held,
      axes: { ...held.axes, energy: axis("energy", 16, { units: "eV", offset: 5, scale: 0.05 }) },
    };
    expect(await rejected(() => transfer(model, apart))).toMatchObject({ tag: "AxisError" });
    expect(await rejected(() => transfer(model, held, { scale: "mine" as never }))).toMatchObject({
      tag: "OptionError",
    });
    expect(await rejected(() => transfer(smallModel(), held))).toMatchObject({ tag: "NotFittedError" });
    const signal = AbortSignal.abort();
    expect(await rejected(() => transfer(model, held, { signal }))).toMatchObject({ tag: "CancelledError" });
  });
});
