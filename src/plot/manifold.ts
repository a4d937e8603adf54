import type { ImageManifold, Manifold, SpectrumManifold } from "../analyse/results";
import { SpecbookError } from "../core/errors";
import type { Axis, FloatArray } from "../data";
import { checkCount, checkFinite, checkKind } from "./check";
import { type ColouredField, fieldPanel, type RgbField } from "./field-panel";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import { extent, label } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { spectrumGridPanel } from "./spectrum-grid-panel";
import { mosaic, mosaicSize, tileSide } from "./tiles";

/** Options of `plot.manifold`. */
export interface ManifoldPlotOptions extends FigureOptions {
  /**
   * Channels of the images, counted from 0: one in shades of grey, or three in red, green and blue. Default: red, green
   * and blue for images of three channels, else the first channel.
   */
  readonly channels?: number | readonly [number, number, number];
  /** What the channels drawn are, for the legend. Default "channel 1", "channel 2", ... */
  readonly names?: readonly string[];
  /**
   * What full red, green and blue stand for. "common": the largest value of all three, so that a weak channel looks
   * weak. "each": each channel's own largest value, so that a weak channel can be seen. "both": a panel of either.
   * Default "common". Channels start at their smallest value in the same way.
   */
  readonly extremes?: "common" | "each" | "both";
}

const REMEDY = "plot.manifold(await manifold(model, { samples }))";
/** Between rows of panels, with the axis of one and the title of the next. */
const ROWS = 76;
/** Pixels of an RGB mosaic on a side: each takes three bytes. */
const RGB_MOSAIC = 200;

/**
 * What a model decodes across the plane of two latents: images as tiles of one mosaic, three channels in red, green and
 * blue, or spectra in their places of the plane. A list of manifolds, such as those of a model's classes, gives a panel
 * each, in one intensity scale.
 *
 * @throws OptionError for another value than results of `manifold`, or for channels that the images do not have
 * @example
 * plot.manifold(await manifold(model, { samples: windows }), { names: ["particle", "gap", "edge"], extremes: "both" })
 */
export function manifold(shown: Manifold | readonly Manifold[], options: ManifoldPlotOptions = {}): VegaLiteSpec {
  const all = manifoldsOf(shown);
  const letter = letters(options.letter);
  const [first] = all;
  const notes = [
    `${first.grid.y.length} x ${first.grid.x.length} points decoded by ${first.model}, over ${SPACING[first.by]}`,
    elsewhere(first),
    first.seed === undefined ? undefined : `seed ${first.seed}`,
  ];
  if (first.side === "spectra") {
    const panels = spectrumPanels(all as readonly SpectrumManifold[], letter); // all are of one side
    return figure(
      options,
      "Manifold: spectra across the latent plane",
      [...notes, energyNote(first)],
      [panels],
      3,
      ROWS,
    );
  }
  const panels = imagePanels(all as readonly ImageManifold[], options, letter); // all are of one side
  return figure(options, "Manifold: images across the latent plane", notes, [panels], 3, ROWS);
}

const SPACING = {
  range: "the range of the samples",
  quantiles: "the 5 to 95 % quantiles of the prior",
} as const;

function manifoldsOf(shown: Manifold | readonly Manifold[]): readonly Manifold[] {
  const all: readonly Manifold[] = Array.isArray(shown) ? shown : [shown];
  if (all.length === 0) {
    throw new SpecbookError("OptionError", "plot.manifold has nothing to draw", {
      got: "an empty list",
      needed: "at least one manifold",
      remedy: REMEDY,
    });
  }
  for (const one of all) {
    checkKind("plot.manifold", one, ["manifold"], REMEDY);
    checkFinite("plot.manifold", "a manifold", valuesOf(one).data);
  }
  const other = all.find((one) => one.side !== all[0].side);
  if (other === undefined) return all;
  throw new SpecbookError("OptionError", "plot.manifold draws manifolds of one side", {
    got: `one of ${all[0].side} and one of ${other.side}`,
    needed: "images only, or spectra only",
    remedy: "draw them in two figures",
  });
}

function valuesOf(one: Manifold): FloatArray {
  return one.side === "images" ? one.images : one.spectra;
}

/** "z3 = 0.12" for each latent that does not run along a side. */
function elsewhere({ through }: Manifold): string | undefined {
  const others = Array.from(through.keys()).filter((j) => Number.isFinite(through[j]));
  return others.length === 0 ? undefined : others.map((j) => `z${j + 1} = ${label(through[j])}`).join(", ");
}

function energyNote({ energy }: SpectrumManifold): string {
  const [low, high] = ends(energy);
  return `each from ${label(low)} to ${label(high)} ${energy.units}, one intensity scale`;
}

function ends({ offset, scale, size }: Axis): readonly [number, number] {
  return [offset, offset + scale * (size - 1)];
}

function titleOf(one: Manifold, all: readonly Manifold[]): string {
  return all.length > 1 && one.class !== undefined ? `Class ${one.class + 1}` : "";
}

function spectrumPanels(all: readonly SpectrumManifold[], letter: () => string): Panel[] {
  const domain = together(all.map(({ spectra }) => spectra.data));
  const { columns, first, last } = places(all.length);
  return all.map((one, i) =>
    spectrumGridPanel({
      ...one,
      domain,
      title: titleOf(one, all),
      letter: letter(),
      legend: last(i),
      yTitle: first(i),
      // One colour bar a row: where the spectra of the panels are largest, in the same colours.
      ...(all.length > 1 ? { width: 780 / columns, height: 660 / columns, peaks: ends(one.energy) } : {}),
    }),
  );
}

/** Panels in a row, and which of them stand first and last in theirs. */
function places(panels: number) {
  const columns = Math.min(3, panels);
  const last = (i: number) => i % columns === columns - 1 || i === panels - 1;
  return { columns, first: (i: number) => i % columns === 0, last };
}

function imagePanels(all: readonly ImageManifold[], options: ManifoldPlotOptions, letter: () => string): Panel[] {
  const [, , , , count] = all[0].images.shape;
  const { channels = count === 3 ? ([0, 1, 2] as const) : 0, extremes = "common" } = options;
  const chosen = typeof channels === "number" ? [channels] : channels;
  for (const one of all)
    for (const channel of chosen) checkCount("plot.manifold", "channels", channel, 0, one.images.shape[4] - 1);
  checkExtremes(extremes, chosen.length);
  const names = chosen.map(
    (channel, i) => options.names?.[i] ?? (count === 1 ? "intensity" : `channel ${channel + 1}`),
  );
  const modes = extremes === "both" ? (["common", "each"] as const) : [extremes];
  const shown = all.flatMap((one) => modes.map((mode) => ({ one, mode })));
  const { columns, first, last } = places(shown.length);
  return shown.map(({ one, mode }, i) =>
    imagePanel({
      one,
      field: fieldOf(one, all, chosen, last(i) ? names : undefined, mode),
      width: [380, 290, 220][columns - 1],
      title: modes.length === 1 ? titleOf(one, all) : `${titleOf(one, all)} ${EXTREMES[mode]}`.trim(),
      letter: letter(),
      yTitle: first(i),
    }),
  );
}

const EXTREMES = { common: "One scale for all channels", each: "Each channel in its own scale" } as const;

interface ImagePanelOptions {
  readonly one: ImageManifold;
  readonly field: ColouredField | RgbField;
  readonly width: number;
  readonly title: string;
  readonly letter: string;
  readonly yTitle: boolean;
}

function imagePanel({ one, field, title, letter, yTitle, width: wanted }: ImagePanelOptions): Panel {
  const { grid, latents, images } = one;
  const { width, height } = mosaicSize(images, wanted);
  return fieldPanel({
    field,
    width,
    height,
    title,
    letter,
    x: tileSide("x", grid.x, `z${latents[0] + 1}`, width).channel,
    y: tileSide("y", grid.y, yTitle ? `z${latents[1] + 1}` : undefined, height).channel,
  });
}

/** The tiles in shades of grey or in red, green and blue; with a legend where there are names. */
function fieldOf(
  { images }: ImageManifold,
  all: readonly ImageManifold[],
  chosen: readonly number[],
  names: readonly string[] | undefined,
  mode: "common" | "each",
): ColouredField | RgbField {
  const ranges = chosen.map((channel) => together(all.map((other) => channelOf(other.images, channel))));
  if (chosen.length === 1) {
    return { grid: mosaic(images, chosen[0]), colours: "gray", domain: ranges[0], legend: names?.[0] };
  }
  const common = [Math.min(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high))] as const;
  const domains = mode === "each" ? ranges : ranges.map(() => common);
  return { rgb: { grids: chosen.map((channel) => mosaic(images, channel, RGB_MOSAIC)), domains }, names };
}

function channelOf({ data, shape }: FloatArray, channel: number): Float32Array {
  const channels = shape[4];
  return Float32Array.from({ length: data.length / channels }, (_, i) => data[i * channels + channel]);
}

function together(arrays: readonly Float32Array[]): readonly [number, number] {
  const ranges = arrays.map((data) => extent(data)).filter((range) => range !== undefined);
  return [Math.min(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high))];
}

function checkExtremes(extremes: string, channels: number): void {
  const known = ["common", "each", "both"];
  if (known.includes(extremes) && (channels === 3 || extremes === "common")) return;
  throw new SpecbookError("OptionError", "plot.manifold cannot scale the channels like this", {
    got: `extremes: "${extremes}" for ${channels === 3 ? "three channels" : "one channel"}`,
    needed: channels === 3 ? known.map((name) => `"${name}"`).join(", ") : "three channels in red, green and blue",
    remedy: "leave extremes out, or choose three channels: { channels: [0, 1, 2] }",
  });
}
