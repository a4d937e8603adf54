import { describe, expect, test } from "vitest";
import { parameterCount } from "../../src/models";
import { im2spec } from "../../src/models/im2spec";
import { networkLayers } from "../../src/models/network-layers";
import { rvae } from "../../src/models/rvae";
import { spec2im } from "../../src/models/spec2im";

const images = { data: new Float32Array(2 * 256).fill(0.5), shape: [2, 16, 16, 1] };
const spectra = { data: new Float32Array(64).fill(0.5), shape: [1, 64] };
const words = (layers: Awaited<ReturnType<typeof networkLayers>>["layers"]) =>
  layers.map(({ kind, shape }) => `${kind}: ${shape?.join(" x ")}`);

describe("networkLayers", () => {
  test("lists im2spec as it is computed, with every parameter once", async () => {
    const model = im2spec({ image: [16, 16, 1], spectrum: 64, latent: 3, encoderFilters: 8, decoderFilters: 4 });
    const found = await networkLayers(model, images);
    expect(found).toMatchObject({ model: "im2spec", latent: 3, input: [16, 16, 1], output: [64] });
    expect(found.parameters).toBe(parameterCount(model));
    expect(found.layers.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(parameterCount(model));
    const encoder = words(found.layers.filter(({ part }) => part === "encoder"));
    expect(encoder.slice(0, 3)).toEqual([
      "convolution 3 x 3: 16 x 16 x 8",
      "leaky ReLU: 16 x 16 x 8",
      "batch norm: 16 x 16 x 8",
    ]);
    expect(encoder.at(-1)).toBe("linear: 3");
    const decoder = words(found.layers.filter(({ part }) => part === "decoder"));
    expect(decoder).toContain("convolution 3, dilation 4: 1 x 64 x 4");
    expect(decoder).toContain("sum of the 12 maps above: 1 x 64 x 4");
    expect(decoder.at(-1)).toBe("convolution 1: 1 x 64 x 1");
  });

  test("shows spec2im's mean over channels and its two doublings", async () => {
    const model = spec2im({ image: [8, 8, 1], spectrum: 64, downsampling: 16, encoderFilters: 4, decoderFilters: 4 });
    const { layers, parameters } = await networkLayers(model, spectra);
    expect(words(layers)[0]).toBe("mean of 16: 1 x 4 x 1");
    expect(words(layers).filter((word) => word.startsWith("doubling"))).toEqual([
      "doubling: 4 x 4 x 4",
      "doubling: 8 x 8 x 4",
    ]);
    expect(layers.reduce((sum, layer) => sum + layer.parameters, 0)).toBe(parameters);
  });

  test("leaves no parameter of a decoder by coordinates out", async () => {
    const model = rvae({ image: [16, 16, 1], latent: 2, hidden: 16 });
    const { layers, parameters } = await networkLayers(model, images);
    expect(layers.reduce((sum, layer) => sum + layer.parameters, 0)).toBe(parameters);
    expect(parameters).toBe(parameterCount(model));
  });

  test("refuses samples of another size", async () => {
    const model = im2spec({ image: [8, 8, 1], spectrum: 64 });
    await expect(networkLayers(model, images)).rejects.toMatchObject({ tag: "ShapeError" });
  });
});
