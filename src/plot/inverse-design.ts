import type { InverseDesign } from "../analyse/inverse-design";
import { axisValues } from "../data";
import { checkCount, checkFinite, checkKind } from "./check";
import { type Feature, featureGuides } from "./features";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import { linePanel } from "./line-panel";
import { mapPanel, mapSize } from "./map-panel";
import { extent, label, percent } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { accent, MUTED } from "./theme";
import { energyTitle, intensityTitle } from "./words";

/** Options of `plot.inverseDesign`. */
export interface InverseDesignPlotOptions extends FigureOptions {
  /** Channel of the images to draw, counted from 0; default 0. */
  readonly channel?: number;
  /** Energies to mark; default: the three plasmon features where the axis lies within 0 to 2 eV. [] for none. */
  readonly features?: readonly Feature[];
}

const SIZE = 130;

/**
 * The wanted spectrum beside that of the design, the designed image, and the real images nearest to it, in one grey
 * scale; the subtitle says how well it fits by the model's word and as measured at the nearest real image, how well the
 * best of all measured spectra does, and whether the model extrapolates.
 *
 * @throws OptionError for another value than the result of `inverseDesign`
 * @example
 * plot.inverseDesign(await inverseDesign(model, wanted, { pairs }))
 */
export function inverseDesign(result: InverseDesign, options: InverseDesignPlotOptions = {}): VegaLiteSpec {
  const remedy = "plot.inverseDesign(await inverseDesign(model, wanted, { pairs }))";
  checkKind("plot.inverseDesign", result, ["inverse-design"], remedy);
  checkFinite("plot.inverseDesign", "a design", result.image.data);
  const { image, examples, positions, axes, method, space } = result;
  const { channel = 0 } = options;
  const channels = image.shape[2];
  checkCount("plot.inverseDesign", "channel", channel, 0, channels - 1);
  const way = space ?? (method === "gradient" ? "latent" : method);
  const letter = letters(options.letter);
  const pick = (data: Float32Array) => data.filter((_, i) => i % channels === channel);
  const pixels = image.data.length / channels;
  const shown = pick(examples.data);
  const domain = extent([...pick(image.data), ...shown]) ?? [0, 1];
  const spectra = spectraPanel(result, letter(), Math.max(SIZE, mapSize(axes, SIZE).height), options.features);
  const picture = (title: string, data: Float32Array, legend?: string): Panel =>
    mapPanel({ letter: letter(), title, data, axes, colours: "gray", domain, width: SIZE, legend });
  const count = examples.shape[0];
  const maps = [
    picture(TITLES[way], pick(image.data)),
    ...Array.from({ length: count }, (_, i) =>
      picture(
        `Real: ${positions[2 * i]}, ${positions[2 * i + 1]}`,
        shown.slice(i * pixels, (i + 1) * pixels),
        i === count - 1 ? "intensity" : undefined,
      ),
    ),
  ];
  const { distance, modelError, notices, exampleErrors, bestReal } = result;
  const notes = [
    `error ${method === "encode" ? "" : "as predicted "}${percent(result.error)}`,
    `measured at the nearest real image ${percent(exampleErrors[0])}`,
    `best of all measured spectra ${percent(bestReal.error)} (${bestReal.row}, ${bestReal.column})`,
    modelError === undefined ? undefined : `median error of the model on the real images ${percent(modelError)}`,
    `distance from the nearest real sample (${distance.space}) ${label(distance.value)}, usual ${label(distance.typical)}, limit ${label(distance.limit)}`,
    ...notices,
  ];
  return figure(options, `Inverse design by ${WAYS[way]}`, notes, [[spectra], maps], 4);
}

const TITLES = {
  latent: "Mean of the nearest real",
  image: "Designed image",
  nearest: "Best real image",
  encode: "Predicted image",
} as const;

const WAYS = {
  latent: "gradient in the latent space",
  image: "gradient in the image",
  nearest: "nearest real image",
  encode: "the model from spectra to images",
} as const;

function spectraPanel(result: InverseDesign, letter: string, height: number, features?: readonly Feature[]): Panel {
  const { energy, target, spectrum, exampleSpectra, method, metadata } = result;
  const example = exampleSpectra.data.slice(0, energy.size);
  const curves = [
    { name: "wanted", values: target, colour: MUTED, dashed: true },
    { name: method === "encode" ? "mean of the nearest real" : "predicted", values: spectrum, colour: accent(3) },
    { name: "nearest real, measured", values: example, colour: accent(0) },
  ];
  const [low, high] = extent(curves.flatMap(({ values }) => [...values])) ?? [0, 1];
  return linePanel({
    letter,
    title: "Spectra",
    x: axisValues(energy),
    xTitle: energyTitle(energy),
    yTitle: intensityTitle(metadata ?? {}),
    curves,
    width: 420,
    height: Math.max(180, height),
    domain: [Math.min(0, 1.06 * low), 1.35 * Math.max(high, Number.EPSILON)],
    guides: featureGuides(energy, features),
  });
}
