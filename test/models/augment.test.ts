import { describe, expect, test, vi } from "vitest";
import type { FloatArray } from "../../src/data";
import { fit, rvae, spec2im } from "../../src/models";
import { type Augment, createAugmentation } from "../../src/models/augment";
import { caught } from "../support/caught";
import { smallModel, smallPairs, weightsOf } from "./support/small-pairs";

// Hundreds of training steps: seconds on a free machine, minutes on a crowded one.
vi.setConfig({ testTimeout: 300_000 });

const train = smallPairs(48, 1);
const short = { epochs: 2, batch: 16, learningRate: 3e-3, seed: 1, trace: false } as const;

function images(n: number, height: number, width: number): FloatArray {
  return { shape: [n, height, width, 1], data: Float32Array.from({ length: n * height * width }, (_, i) => i) };
}

/** All orders of pixels that 200 draws for one sample give, as texts. */
function orders(augment: Augment, height: number, width: number): Set<string> {
  const { pixels } = createAugmentation(augment, [images(1, height, width)], 1, undefined);
  return new Set(Array.from({ length: 200 }, (_, step) => pixels(Int32Array.of(0), step).join(" ")));
}

describe("augmented images", () => {
  test("are mirrored and turned by half, or by quarters too, as often as not at all", () => {
    // 0 1 / 2 3 as it is, mirrored across, down, and both
    const flips = ["0 1 2 3", "1 0 3 2", "2 3 0 1", "3 2 1 0"];
    const quarters = ["0 2 1 3", "2 0 3 1", "1 3 0 2", "3 1 2 0"];
    expect([...orders("flips", 2, 2)].sort()).toEqual([...flips].sort());
    expect([...orders("flips-and-turns", 2, 2)].sort()).toEqual([...flips, ...quarters].sort());
    expect([...orders("flips", 1, 3)].sort()).toEqual(["0 1 2", "2 1 0"]);
  });

  test("keep all values, and neighbours that were neighbours", () => {
    const size = 5;
    for (const order of orders("flips-and-turns", size, size)) {
      const pixels = order.split(" ").map(Number);
      expect([...pixels].sort((a, b) => a - b)).toEqual(Array.from({ length: size * size }, (_, i) => i));
      for (let i = 1; i < pixels.length; i++) {
        if (i % size === 0) continue;
        const [a, b] = [pixels[i - 1], pixels[i]];
        const distance = Math.abs(Math.floor(a / size) - Math.floor(b / size)) + Math.abs((a % size) - (b % size));
        expect(distance).toBe(1);
      }
    }
  });

  test("are drawn by seed and step, each sample by itself", () => {
    const draw = (seed: number, step: number) =>
      createAugmentation("flips", [images(8, 2, 2)], seed, undefined).pixels(Int32Array.of(5, 1, 7, 2), step);
    expect(draw(1, 3)).toEqual(draw(1, 3));
    expect(draw(1, 3)).not.toEqual(draw(1, 4));
    expect(draw(1, 3)).not.toEqual(draw(2, 3));
    const turnsOfSamples = [0, 1, 2, 3].map((i) =>
      draw(1, 3)
        .slice(4 * i, 4 * i + 4)
        .map((p) => p % 4)
        .join(" "),
    );
    expect(new Set(turnsOfSamples).size).toBeGreaterThan(1);
  });

  test("turn images alone, and all images of a sample alike", () => {
    const spectra = { shape: [8, 16], data: new Float32Array(128) };
    const { rearranged } = createAugmentation("flips", [images(8, 2, 2), spectra, images(8, 2, 2)], 1, undefined);
    expect(rearranged).toEqual([true, false, true]);
  });
});

describe("fit with augment", () => {
  test("gives other weights than without, and others again with quarter turns", async () => {
    const trained = async (augment?: Augment) => {
      const model = smallModel();
      const run = await fit(model, train, { ...short, augment });
      expect(run.options.augment).toBe(augment);
      return weightsOf(model);
    };
    const [none, flips, turns] = [await trained(), await trained("flips"), await trained("flips-and-turns")];
    expect(flips).not.toEqual(none);
    expect(turns).not.toEqual(flips);
  });

  test("makes the network indifferent to turns where the spectra are", async () => {
    // The spectrum is that of the sum over the image: any turn leaves it as it is.
    const spectra = new Float32Array(train.spectra.data.length);
    const turnedImages = new Float32Array(train.images.data.length);
    for (let i = 0; i < 48; i++) {
      const image = train.images.data.subarray(64 * i, 64 * i + 64);
      const brightness = image.reduce((a, b) => a + b, 0) / 16;
      for (let k = 0; k < 16; k++) spectra[16 * i + k] = brightness * Math.exp(-((k - 8) ** 2) / 6);
      turnedImages.set([...image].reverse(), 64 * i);
    }
    const pairs = { ...train, spectra: { data: spectra, shape: [48, 16] } };
    const turned = { ...pairs, images: { data: turnedImages, shape: [48, 8, 8, 1] } };
    const lossOnTurned = async (augment?: Augment) => {
      const options = { ...short, epochs: 25, learningRate: 0.01, validation: turned, weights: "last" } as const;
      const run = await fit(smallModel(), pairs, { ...options, augment });
      return run.epochs[24].validationLoss as number;
    };
    expect(await lossOnTurned("flips")).toBeLessThan(await lossOnTurned());
  });

  test.each([
    ["a model that predicts images", "flips", "a spectrum does not know how its image is turned"],
    ["a model with a pose", "flips", "tells the orientation"],
    ["an unknown way", "rotations", "flips-and-turns"],
  ])("is refused for %s", async (what, augment, words) => {
    const image = [8, 8, 1] as const;
    const models = [spec2im({ image, spectrum: 16 }), rvae({ image, hidden: 8 }), smallModel()];
    const model = models[["a model that predicts images", "a model with a pose"].indexOf(what)] ?? models[2];
    const error = await caught(() => fit(model, train, { ...short, augment: augment as Augment }));
    expect(error.tag).toBe("OptionError");
    expect(error.message).toContain(words);
  });

  test("is refused where a quarter turn does not fit, or where there are no images", () => {
    const wide = [images(4, 2, 3)];
    expect(() => createAugmentation("flips-and-turns", wide, 1, undefined)).toThrow('augment: "flips"');
    const spectra = [{ shape: [4, 16], data: new Float32Array(64) }];
    expect(() => createAugmentation("flips", spectra, 1, undefined)).toThrow("reads no images");
  });
});
