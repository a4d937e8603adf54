import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { dualVae, im2spec, jrvae, type Model, parameterCount, rvae, spec2im, vae, ved } from "../../src/models";
import { hasShared, shared, testShared } from "../support/shared-data";

interface Counts {
  readonly total: number;
  /** 0 where the network has several encoders. */
  readonly encoder: number;
  /** Trainable values of each layer, in the order of the network. */
  readonly layers: readonly (readonly [string, number])[];
}

const image = (size: number, channels = 1) => ({ image: [size, size, channels] as const });
const im = (size: number, spectrum: number, latent: number) => () => im2spec({ ...image(size), spectrum, latent });
const spec = (spectrum: number, size: number, latent: number, downsampling: number, encoderLayers: number) => () =>
  spec2im({ ...image(size), spectrum, latent, downsampling, encoderLayers });

/** Our model of each network in the table of the peers' parameter counts. */
const MODELS: Readonly<Record<string, () => Model>> = {
  "im2spec 16x16->2048 L2 (AtomAI/im2spec)": im(16, 2048, 2),
  "im2spec 16x16->2048 L10": im(16, 2048, 10),
  "im2spec 16x16->1496 L2": im(16, 1496, 2),
  "im2spec 16x16->1496 L10": im(16, 1496, 10),
  "im2spec 16x16->64 L10 (BEPS)": im(16, 64, 10),
  "im2spec 8x8->64 L2 (beps_im2spec)": im(8, 64, 2),
  "im2spec 8x8->64 L10": im(8, 64, 10),
  "spec2im 2048->16x16 L2 (AtomAI nle=3, down=16, up)": spec(2048, 16, 2, 16, 3),
  "spec2im 2048->16x16 L10 (AtomAI nle=3, down=16, up)": spec(2048, 16, 10, 16, 3),
  "spec2im 2048->16x16 L2 (AtomAI nle=4, down=16, up)": spec(2048, 16, 2, 16, 4),
  "spec2im 2048->16x16 L10 (nle=4, down=16, up)": spec(2048, 16, 10, 16, 4),
  "spec2im 64->8x8 L2 (im2spec pkg)": spec(64, 8, 2, 1, 4),
  "spec2im 64->8x8 L10 (im2spec pkg)": spec(64, 8, 10, 1, 4),
  "VAE 24x24 L2": () => vae(image(24)),
  "VAE 1D 2048 L2": () => vae({ spectrum: 2048 }),
  "VAE 1D 1340 L2": () => vae({ spectrum: 1340 }),
  "rVAE 24x24 L2": () => rvae(image(24)),
  "rVAE 10x10x3 L2": () => rvae(image(10, 3)),
  "rVAE 10x10x9 L2": () => rvae(image(10, 9)),
  "rVAE 10x10x3 L2 rotation only": () => rvae({ ...image(10, 3), shift: false }),
  "rVAE 28x28 L2": () => rvae(image(28)),
  "jrVAE 28x28 L2 disc[10] H=512 n=3 (docstring)": () => jrvae({ ...image(28), classes: 10, hidden: 512, layers: 3 }),
  "pyroVED VED 16x16->2048 L2": () => ved({ ...image(16), spectrum: 2048 }),
  "pyroVED iVAE r,t 40x40 H512": () => rvae({ ...image(40), hidden: 512 }),
  "dual VAE 16x16 + 251 (imspec3, coord=3)": () => dualVae({ ...image(16), spectrum: 251 }),
};

const table: Readonly<Record<string, Counts>> = hasShared
  ? JSON.parse(readFileSync(shared("data/parameter_counts.json"), "utf8"))
  : {};

/** Trainable values of each layer, in order: a layer is what has one weight, bias and so on. */
function layersOf(model: Model): [string, number][] {
  const layers = new Map<string, number>();
  for (const [name, { data, trainable }] of Object.entries(model.parameters)) {
    const layer = name.replace(/\.(weight|bias|running_mean|running_var)$/, "");
    if (trainable) layers.set(layer, (layers.get(layer) ?? 0) + data.length);
  }
  return [...layers];
}

describe("parameter counts", () => {
  testShared("of every network in the peers' table are compared", () => {
    expect(Object.keys(MODELS).sort()).toEqual(Object.keys(table).sort());
  });

  testShared.each(Object.keys(MODELS))("%s: in all, in the encoder, and layer by layer", (name) => {
    const model = MODELS[name]();
    const { total, encoder, layers } = table[name];
    expect(parameterCount(model)).toBe(total);
    expect(layersOf(model).map(([, count]) => count)).toEqual(layers.map(([, count]) => count));
    const encoded = layersOf(model).filter(([layer]) => layer.startsWith("encoder"));
    if (encoder > 0) expect(encoded.reduce((sum, [, count]) => sum + count, 0)).toBe(encoder);
  });

  test("of im2spec follow the closed form", () => {
    const [size, spectrum, latent, filters] = [6, 20, 3, 64];
    const encoder = 640 + 2 * 36_928 + 3 * 2 * filters + (filters * size * size + 1) * latent;
    const decoder = filters * spectrum * (latent + 1) + 4 * (12_352 + 2 * filters) + 193 + 2 + 2;
    expect(parameterCount(im(size, spectrum, latent)())).toBe(encoder + decoder);
  });
});
