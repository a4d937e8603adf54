import type { LatentCoordinates } from "../analyse/results";
import { SpecbookError } from "../core/errors";
import { checkCount, checkFinite, checkKind } from "./check";
import { type FigureOptions, figure } from "./figure";
import { scanPanel } from "./map-panel";
import { label } from "./numbers";
import { rgbLegendLayer, rgbPicture } from "./rgb-picture";
import type { VegaLiteSpec } from "./spec";
import { encodedNoun, shapeWords } from "./words";

/** Options of `plot.latentRgb`. */
export interface LatentRgbOptions extends FigureOptions {
  /** The latents in red, green and blue, counted from 0. Default [0, 1, 2]. */
  readonly latents?: readonly [number, number, number];
  /** Values from no red (green, blue) to full red. Default: the middle 96 % of each latent. */
  readonly ranges?: readonly (readonly [number, number])[];
}

const CUT = 0.02;

/**
 * Three latents of each pixel as its red, green and blue: pixels of one colour lie together in a latent space of three
 * dimensions. Pixels without a window are grey.
 *
 * @throws OptionError for another value than the result of `latent`, or fewer than three latents
 * @example
 * plot.latentRgb(await latent(model, windows))
 */
export function latentRgb(latent: LatentCoordinates, options: LatentRgbOptions = {}): VegaLiteSpec {
  checkKind("plot.latentRgb", latent, ["latent"], "plot.latentRgb(await latent(model, windows))");
  const [count, size] = latent.values.shape;
  if (size < 3) throw tooFew(size);
  const { latents = [0, 1, 2] } = options;
  for (const at of latents) checkCount("plot.latentRgb", "latents", at, 0, size - 1);
  const values = latents.map((j) => Float32Array.from({ length: count }, (_, i) => latent.values.data[i * size + j]));
  for (const column of values) checkFinite("plot.latentRgb", "a latent", column);
  const domains = values.map((column, c) => checkedRange(options.ranges?.[c]) ?? middle(column));
  const [rows, columns] = latent.scan;
  const grids = values.map((column) => {
    const data = new Float32Array(rows * columns).fill(Number.NaN);
    for (let i = 0; i < count; i++) data[latent.positions[2 * i] * columns + latent.positions[2 * i + 1]] = column[i];
    return { data, rows, columns };
  });
  const names = latents.map((j, c) => `z${j + 1}: ${domains[c].map(label).join(" to ")}`.replaceAll("-", "\u2212"));
  const panel = scanPanel({
    title: "",
    axes: latent.axes,
    width: 360,
    picture: rgbPicture({ grids, domains }),
    over: [rgbLegendLayer(names)],
  });
  const notes = [`${count} ${encodedNoun(latent)}, three of ${size} latents`, shapeWords(latent.axes)];
  return figure(options, "Latents as red, green and blue", notes, [[panel]]);
}

/** The range without the lowest and the highest 2 % of the values: a few outliers would grey the whole map. */
function middle(values: Float32Array): readonly [number, number] {
  const sorted = values.filter(Number.isFinite).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  const [low, high] = [at(CUT), at(1 - CUT)];
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}

function checkedRange(range: readonly [number, number] | undefined): readonly [number, number] | undefined {
  if (range === undefined || (range[0] < range[1] && range.every(Number.isFinite))) return range;
  throw new SpecbookError("OptionError", "plot.latentRgb cannot use this range", {
    got: `[${range.join(", ")}]`,
    needed: "two finite numbers for each colour, the first below the second",
    remedy: "leave ranges out for the middle 96 % of each latent",
  });
}

function tooFew(size: number): SpecbookError {
  return new SpecbookError("OptionError", "plot.latentRgb needs three latents", {
    got: `${size} ${size === 1 ? "latent" : "latents"}`,
    needed: "a latent space of three dimensions or more",
    remedy: "train the model with latent: 3, or draw plot.latentMaps(latent)",
  });
}
