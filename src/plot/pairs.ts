import { axisValues, type Image, type Pairs } from "../data";
import { unscale } from "../signal/scaling";
import { checkCount, checkKind, checkSameScan } from "./check";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import { linePanel } from "./line-panel";
import { type Box, mapPanel, scanPanel } from "./map-panel";
import { extent } from "./numbers";
import { imageName } from "./overview";
import type { IndexedPicture } from "./png-encoder";
import type { VegaLiteSpec } from "./spec";
import { accent, MISSING } from "./theme";
import { windowPanel, windowWords } from "./window-panel";
import { energyTitle, intensityTitle, shapeWords, source } from "./words";

/** Options of `plot.pairs`. */
export interface PairsOptions extends FigureOptions {
  /** The image that the windows were cut from. */
  readonly image: Image;
  /** Which pairs to show, by their index, up to four; default four, spread over the scan. */
  readonly at?: readonly number[];
  /** The two sets of a split, drawn as a map of the windows' centres. */
  readonly train?: Pairs;
  readonly test?: Pairs;
}

const WIDTH = 225;
const TRAIN = accent(0);
const TEST = accent(3);
const LEFT_OUT = "#eceff2";

/**
 * What a network between images and spectra learns from: windows of the image in their places, each above the spectrum of
 * its centre pixel, and which centres are for training and which for testing.
 *
 * @throws OptionError for other values than pairs and their image, or an index that there is not; ShapeError
 * @example
 * const { train, test } = split(pairs, { by: "rows" });
 * plot.pairs(pairs, { image, train, test })
 */
export function pairs(all: Pairs, options: PairsOptions): VegaLiteSpec {
  const remedy = "plot.pairs(windows(image, spectra, { size: 16 }), { image })";
  checkKind("plot.pairs", all, ["pairs"], remedy);
  checkKind("plot.pairs", options.image, ["image"], remedy);
  const { image, train, test } = options;
  checkSameScan("plot.pairs", image.shape, all.scan, ["image", "pairs"]);
  const count = all.positions.length / 2;
  const at = options.at ?? spread(all);
  for (const index of at) checkCount("plot.pairs", "index of a pair", index, 0, count - 1);
  checkCount("plot.pairs", "number of pairs in at", at.length, 1, 4);
  const letter = letters(options.letter);
  const boxes = at.map((index, i): Box => boxOf(all, index, i));
  const { data, axes } = image;
  const top: Panel[] = [
    mapPanel({ letter: letter(), title: imageName(image), data, axes, colours: "gray", width: WIDTH, boxes }),
  ];
  if (train !== undefined && test !== undefined) top.push(partsPanel(all, train, test, letter()));
  const images = { data: unscale(all.images.data, all.scaling.images), shape: all.images.shape };
  const domain = extent(images.data) ?? ([0, 1] as const);
  const windows = at.map((index, i) =>
    windowPanel({
      ...{ letter: letter(), title: `window ${i + 1}`, images, index, domain, width: 128 },
      ...{ crosshair: true, frame: accent(i), ...(i === 0 ? { scale: axes.x } : {}) },
    }),
  );
  const { energy } = all.axes;
  const size = energy.size;
  const spectra = at.map((index) =>
    unscale(all.spectra.data.subarray(index * size, (index + 1) * size), all.scaling.spectra),
  );
  const highest = 1.2 * Math.max(...spectra.map((values) => extent(values)?.[1] ?? 1));
  const below = spectra.map((values, i) =>
    linePanel({
      title: i === 0 ? "spectrum of its centre" : "",
      x: axisValues(energy),
      xTitle: energyTitle(energy),
      yTitle: i === 0 ? intensityTitle(all.metadata) : undefined,
      curves: [{ name: `spectrum ${i + 1}`, values, colour: accent(i) }],
      width: 144,
      height: 120,
      domain: [Math.min(0, extent(values)?.[0] ?? 0), highest],
    }),
  );
  const sizes = train && test ? splitWords(count, train.positions.length / 2, test.positions.length / 2) : "";
  const notes = [source(all.metadata), shapeWords(image.axes), windowWords(images, axes.x), `${count} pairs`, sizes];
  return figure(options, "Pairs of structure and response", notes, [top, [...windows, ...below]], at.length, 40);
}

/** "1000 for training, 400 for testing, 300 between them in neither set" */
function splitWords(count: number, train: number, test: number): string {
  const left = count - train - test;
  return `${train} for training, ${test} for testing${left > 0 ? `, ${left} between them in neither set` : ""}`;
}

/** Four windows down and across the scan, of which no two share a place: the nearest to these shares of it. */
function spread({ positions, scan }: Pairs): number[] {
  const wanted = [
    [0.32, 0.14],
    [0.26, 0.84],
    [0.66, 0.36],
    [0.74, 0.7],
  ].map(([y, x]) => [y * scan[0], x * scan[1]]);
  const found = wanted.map(([row, column]) => {
    let nearest = 0;
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < positions.length / 2; i++) {
      const distance = (positions[2 * i] - row) ** 2 + (positions[2 * i + 1] - column) ** 2;
      if (distance < best) [best, nearest] = [distance, i];
    }
    return nearest;
  });
  return [...new Set(found)];
}

function boxOf({ images, positions }: Pairs, index: number, i: number): Box {
  const [, height, width] = images.shape;
  const top = positions[2 * index] - Math.floor(height / 2);
  const left = positions[2 * index + 1] - Math.floor(width / 2);
  return { name: String(i + 1), rows: [top, top + height], columns: [left, left + width], colour: accent(i) };
}

/** The centres of the training and of the test windows, and those that are in neither. */
function partsPanel(all: Pairs, train: Pairs, test: Pairs, letter: string): Panel {
  const [height, width] = all.scan;
  const pixels = new Uint8Array(height * width);
  for (const [value, set] of [all, train, test].entries()) {
    for (let i = 0; i < set.positions.length; i += 2) {
      pixels[set.positions[i] * width + set.positions[i + 1]] = value + 1;
    }
  }
  const colours = [MISSING, LEFT_OUT, TRAIN, TEST];
  const palette = Uint8Array.from(colours.flatMap((colour) => [...Buffer.from(colour.slice(1), "hex")]));
  const picture: IndexedPicture = { width, height, pixels, palette };
  const used = new Set(pixels);
  const entries = [
    { n: "training", colour: TRAIN, shown: true },
    { n: "test", colour: TEST, shown: true },
    { n: "in neither set", colour: LEFT_OUT, shown: used.has(1) },
    { n: "no whole window", colour: MISSING, shown: used.has(0) },
  ].filter(({ shown }) => shown);
  const names = entries.map(({ n }) => n);
  const legend = {
    data: { values: names.map((n) => ({ n })) },
    mark: { type: "point", filled: true, opacity: 0, tooltip: null },
    encoding: {
      color: {
        field: "n",
        type: "nominal",
        scale: { domain: names, range: entries.map(({ colour }) => colour) },
        legend: { title: null, symbolType: "square", symbolOpacity: 1, symbolSize: 90, symbolStrokeColor: MISSING },
      },
    },
  };
  const { y, x } = all.axes;
  return scanPanel({ letter, title: "Centres of the windows", axes: { y, x }, width: WIDTH, picture, over: [legend] });
}
