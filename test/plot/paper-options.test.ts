import { describe, expect, test } from "vitest";
import type { Reconstruction } from "../../src/analyse";
import { image } from "../../src/data";
import { chooseComponents } from "../../src/decompose";
import { im2spec, rvae, vae } from "../../src/models";
import * as plot from "../../src/plot";
import { imageWindows } from "../../src/signal";
import { caught } from "../support/caught";
import { latentSamples } from "./support/latent-samples";
import { TINY } from "./support/samples";

const s = latentSamples({ ...TINY, rows: 6, columns: 8, components: 3 });
const text = (value: unknown) => JSON.stringify(value);
const subtitle = (spec: plot.VegaLiteSpec) => (spec.title as { subtitle: string[] }).subtitle.join(" ");

describe("plot.network", () => {
  test("shows every layer with its shape, and as many parameters as the model has", () => {
    const drawn = text(plot.network(rvae({ image: [10, 10, 3], latent: 2 })));
    expect(drawn).toContain("90,381 parameters"); // as counted for AtomAI's network
    for (const shape of ["128 x 300", "128 x 128", "5 x 128", "128 x 2", "3 x 128"]) expect(drawn).toContain(shape);
    for (const name of ["angle", "dx", "dy", "z1", "z2"]) expect(drawn).toContain(`"${name}"`);
    expect(text(plot.network(rvae({ image: [10, 10, 3], shift: false })))).toContain("89,865 parameters");
    expect(text(plot.network(vae({ spectrum: 2048 })))).toContain("560,388 parameters");
    for (const role of ["coordinates -> 128", "latents -> 128"]) expect(drawn).toContain(role);
  });

  test("counts a batch normalisation with its layer, and names few of many latents", () => {
    const drawn = text(plot.network(im2spec({ image: [16, 16, 1], spectrum: 64, latent: 10 })));
    expect(drawn).toContain("333,903 parameters");
    expect(drawn).toContain("768 BN"); // 64 x 9 + 64 weights, and twice 64 of the normalisation
    expect([drawn.includes('"z10"'), drawn.includes('"z5"')]).toEqual([true, false]);
  });

  test("refuses what is no model", async () => {
    for (const wrong of [null, undefined, 3, { kind: "vae" }]) {
      expect((await caught(() => plot.network(wrong as never))).tag).toBe("OptionError");
    }
  });
});

describe("plot.channelStack", () => {
  const channels = [s.image, s.image, s.image];
  const tiles = imageWindows(channels, { size: 2 });
  test("shows the window asked for in every channel, and the spectra where they are given", () => {
    const spec = plot.channelStack(channels, tiles, { at: 3, names: ["low", "middle", "high"] });
    const drawn = text(spec);
    expect(subtitle(spec)).toContain("row 1, column 4");
    expect(drawn).toContain('"2 x 2 x 3"');
    expect(drawn.split('"image"')).toHaveLength(1 + 3 + 3 + 3); // maps, windows, and the stack
    for (const name of ["low", "middle", "high"]) expect(drawn).toContain(`"${name}"`);
    expect(drawn).not.toContain('"spectra"');
    const whole = plot.channelStack(channels, tiles, { spectra: s.spectra });
    expect(text(whole)).toContain(`"${s.spectra.shape.join(" x ")}"`);
    expect(subtitle(whole)).not.toContain("row 1, column 4");
  });

  test("shows the window that varies most", () => {
    const one = image(
      Float32Array.from({ length: 48 }, (_, i) => (i === 29 ? 9 : 0.01 * (i % 3))),
      [6, 8],
    );
    // Pixel 29 is row 3, column 5: the first window of 2 x 2 that holds it is about that pixel.
    expect(subtitle(plot.channelStack([one], imageWindows(one, { size: 2 })))).toContain("row 3, column 5");
  });

  test("refuses other maps than the channels of the windows", async () => {
    expect((await caught(() => plot.channelStack([s.image], tiles))).tag).toBe("ShapeError");
    expect((await caught(() => plot.channelStack([s.nmf as never], tiles))).tag).toBe("OptionError");
    expect((await caught(() => plot.channelStack(channels, tiles, { at: 999 }))).message).toContain("at");
  });
});

describe("plot.componentChoice", () => {
  test("names components as told, and frames the scan", () => {
    const choice = chooseComponents(s.nmf, { count: 2, share: 0 });
    const box = { rows: [1, 4], columns: [1, 5] } as const;
    const drawn = text(plot.componentChoice(choice, { image: s.image, box, names: ["first", "second"] }));
    expect(drawn).toContain("first:");
    expect(drawn).toContain("#d6281f");
    expect(text(plot.componentChoice(choice))).not.toContain("#d6281f");
    expect(drawn).toContain("2 of 3 components kept");
  });

  test("keeps the scale bar free of the frame", () => {
    const choice = chooseComponents(s.nmf, { count: 2, share: 0 });
    const bar = (rows: readonly [number, number], columns: readonly [number, number]) => {
      const drawn = text(plot.componentChoice(choice, { image: s.image, box: { rows, columns } }));
      const [, x, y] = /"text":"[^"]* nm","x":([\d.]+),"y":([\d.]+)/.exec(drawn) ?? [];
      return [Number(x) < 100 ? "left" : "right", Number(y) < 75 ? "top" : "bottom"].join(" ");
    };
    expect(bar([0, 2], [0, 2])).toBe("left bottom");
    expect(bar([3, 6], [0, 3])).toBe("right bottom");
    expect(bar([5, 6], [0, 8])).toBe("left top");
    expect(bar([0, 6], [0, 8])).toBe("left bottom"); // inside the frame
    // A frame through all corners: its own lower left one, above its lower edge at 125 of 150 pixels.
    const drawn = text(plot.componentChoice(choice, { image: s.image, box: { rows: [1, 5], columns: [0, 8] } }));
    expect(Number(/"text":"[^"]* nm","x":[\d.]+,"y":([\d.]+)/.exec(drawn)?.[1])).toBe(125 - 30 + 28 - 8 - 4);
  });

  test("draws maps in rows of the number asked for, and the scree plot where there is one", () => {
    const choice = chooseComponents(s.nmf, { count: 3, share: 0 });
    expect(text(plot.componentChoice(choice, { columns: 2 }))).not.toBe(text(plot.componentChoice(choice)));
    expect(text(plot.componentChoice(choice, { scree: s.pca }))).toContain("Scree plot");
    expect(text(plot.componentChoice(choice))).not.toContain("Scree plot");
  });

  test("refuses another value", async () => {
    expect((await caught(() => plot.componentChoice(s.nmf as never))).message).toContain("chooseComponents");
  });
});

describe("plot.reconstruction", () => {
  const result: Reconstruction = {
    kind: "reconstruction",
    side: "images",
    measured: [s.image, s.image],
    predicted: [s.image, s.image],
    error: s.errors.map,
    mse: 0.01,
    model: "rvae",
  };
  test("has channels above what came back of them, and the error where it is asked for", () => {
    const plain = text(plot.reconstruction(result, { names: ["low", "high"] }));
    expect(plain).toContain("low");
    expect(plain).not.toContain("Squared error");
    expect(text(plot.reconstruction(result, { error: true }))).toContain("Squared error");
    expect(text(plot.reconstruction({ ...result, side: "spectra" }))).toContain("Squared error");
    expect(text(plot.reconstruction({ ...result, side: "spectra" }, { error: false }))).not.toContain("Squared error");
    expect(plain).not.toContain("b  high");
    expect(text(plot.reconstruction(result, { names: ["low", "high"], channelLetters: true }))).toContain("b  high");
    expect(text(plot.reconstruction(result, { domain: [0, 7] }))).not.toBe(text(plot.reconstruction(result)));
  });

  test("refuses another value", async () => {
    expect((await caught(() => plot.reconstruction(s.latent as never))).tag).toBe("OptionError");
  });
});

describe("plot.latentComparison", () => {
  const one = { name: "six", latent: s.latent3, angle: s.angles };
  test("draws maps or planes alone, in one range where it is given", () => {
    const [full, planes] = [plot.latentComparison([one, one]), plot.latentComparison([one, one], { maps: false })];
    expect(text(full)).toContain('"Angle"');
    expect(text(planes)).not.toContain('"Angle"');
    expect(text(plot.latentComparison([one, one, one], { maps: false, columns: 2 }))).not.toBe(
      text(plot.latentComparison([one, one, one], { maps: false })),
    );
    expect(text(plot.latentComparison([one], { maps: false, range: 9 }))).toContain("[-9,9]");
  });

  test("says once which colour points where, if there are angles", () => {
    const { angle: _, ...plain } = one;
    expect(text(plot.latentComparison([one, one])).split('"180°"')).toHaveLength(2);
    expect(text(plot.latentComparison([plain]))).not.toContain('"180°"');
    expect(text(plot.latentComparison([one], { maps: false }))).not.toContain('"180°"');
  });

  test("refuses an empty list and other values", async () => {
    expect((await caught(() => plot.latentComparison([]))).message).toContain("nothing to draw");
    expect((await caught(() => plot.latentComparison([{ name: "a", latent: s.nmf as never }]))).tag).toBe(
      "OptionError",
    );
    expect((await caught(() => plot.latentComparison([{ ...one, angle: s.nmf as never }]))).tag).toBe("OptionError");
  });
});

test("plot.latentScatter leaves the field of the density out where it is told to", () => {
  const both = text(plot.latentScatter(s.latent3));
  const alone = text(plot.latentScatter(s.latent3, { density: false }));
  expect([both.includes("Density and contours"), alone.includes("Density and contours")]).toEqual([true, false]);
});
