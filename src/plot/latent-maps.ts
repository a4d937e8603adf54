import type { AngleMap, LatentCoordinates } from "../analyse/results";
import { angleHistogram, anglePanel, inDegrees } from "./angle-map";
import { checkCount, checkFinite, checkKind, checkSameScan } from "./check";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import { barsPanel, binCounts, binRange } from "./histogram-panel";
import { type MapPanelOptions, mapPanel } from "./map-panel";
import { finiteDeviation, finiteMean, meanAndDeviation } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { capitalised, counted, encodedNoun, shapeWords } from "./words";

/** Options of `plot.latentMaps`. */
export interface LatentMapsOptions extends FigureOptions {
  /** Latents to draw, default all up to 12 (with histograms 4, beside an angle 3). */
  readonly show?: number;
  /** How often each value occurs, beneath its map: true for 60 bins, or their number. Default false. */
  readonly histograms?: boolean | number;
  /** false: the histograms belong to the letters of their maps (invariant features, Fig. 6 f-h). Default true. */
  readonly histogramLetters?: boolean;
  /** The angles of the same windows, as a first map in cyclic colours (Roccapriore et al., invariant features, Fig. 4). */
  readonly angle?: AngleMap;
}

/** Latents are drawn between plus and minus this many standard deviations from their mean. */
const RANGE = 2.5;

/**
 * Where in the scan each latent is large: one map per latent, in standard deviations from that latent's mean, so that
 * one colour bar serves a row. Pixels without a window are grey.
 *
 * @throws OptionError for another value than the result of `latent`; DataError for latents that are nothing but NaN
 */
export function latentMaps(latent: LatentCoordinates, options: LatentMapsOptions = {}): VegaLiteSpec {
  checkKind("plot.latentMaps", latent, ["latent"], "plot.latentMaps(await latent(model, pairs))");
  checkFinite("plot.latentMaps", "a set of latents", latent.values.data);
  const [count, size] = latent.values.shape;
  const { angle, histograms = false, histogramLetters = true } = options;
  const most = histograms === false ? 12 : 4;
  const { show = Math.min(size, angle === undefined ? most : most - 1) } = options;
  checkCount("plot.latentMaps", "show", show, 1, histograms === false ? size : Math.min(size, most));
  const bins = histograms === true ? 60 : histograms;
  if (bins !== false) checkCount("plot.latentMaps", "histograms", bins, 1, 720);
  if (angle !== undefined) checkAngle(angle, latent);
  const letter = letters(options.letter);
  const maps = show + (angle === undefined ? 0 : 1);
  const columns = Math.min(maps, 4);
  const width = columns > 2 ? 150 : 225;
  const panels: Panel[] = angle === undefined ? [] : [anglePanel(angle, letter(), width)];
  const all = Array.from({ length: show }, (_, j) => standardised(latent, j));
  for (const [j, { scores, mean, deviation }] of all.entries()) {
    const last = panels.length % columns === columns - 1 || j === show - 1;
    panels.push(
      mapPanel({
        ...scoresMap(latent, scores),
        letter: letter(),
        title: `z${j + 1}  (${meanAndDeviation(mean, deviation)})`,
        width,
        legend: last ? "z (s.d. from mean)" : undefined,
      }),
    );
  }
  if (bins !== false) {
    const below = () => (histogramLetters ? letter() : undefined);
    const { width: w } = panels[0];
    const size = { bins, width: w, height: 96 };
    if (angle !== undefined) {
      panels.push(angleHistogram(inDegrees(angle), angle.symmetry, { ...size, letter: below(), title: "Angles" }));
    }
    for (const [j, { values }] of all.entries()) {
      panels.push(
        barsPanel({
          letter: below(),
          title: `Values of z${j + 1}`,
          counts: binCounts(values, binRange(values), bins),
          range: binRange(values),
          xTitle: `z${j + 1}`,
          yTitle: j === 0 && angle === undefined ? capitalised(encodedNoun(latent)) : undefined,
          width: w,
          height: size.height,
        }),
      );
    }
  }
  const notes = [
    `${count} ${encodedNoun(latent)}, ${counted(size, "latent")} (mean ± standard deviation)`,
    shapeWords(latent.axes),
    angle === undefined ? undefined : "0° is to the right, angles run counter-clockwise",
  ];
  return figure(options, "Latent maps", notes, [panels], columns);
}

type ScoresMap = Pick<MapPanelOptions, "data" | "axes" | "colours" | "domain">;

/** Latent j in standard deviations from its mean, for a map panel. */
export function standardisedMap(latent: LatentCoordinates, j: number): ScoresMap {
  return scoresMap(latent, standardised(latent, j).scores);
}

function scoresMap(latent: LatentCoordinates, scores: Float64Array): ScoresMap {
  return {
    data: onScan(latent, scores),
    axes: latent.axes,
    colours: "diverging",
    domain: [-RANGE, RANGE],
  };
}

/** The values of a latent, and how many standard deviations each lies from their mean. */
function standardised(latent: LatentCoordinates, j: number) {
  const [count, size] = latent.values.shape;
  const values = Float64Array.from({ length: count }, (_, i) => latent.values.data[i * size + j]);
  const mean = finiteMean(values);
  const deviation = finiteDeviation(values);
  return { values, mean, deviation, scores: values.map((v) => (v - mean) / (deviation || 1)) };
}

function checkAngle(angle: AngleMap, latent: LatentCoordinates): void {
  const remedy = "plot.latentMaps(latent, { angle: angleMap(await posterior(model, windows), windows) })";
  checkKind("plot.latentMaps", angle, ["angle-map"], remedy);
  checkSameScan("plot.latentMaps", angle.map.shape, latent.scan, ["angles", "latents"]);
}

/** One value per window at its scan pixel, NaN where there is no window. */
function onScan({ positions, scan }: LatentCoordinates, values: ArrayLike<number>): Float32Array {
  const data = new Float32Array(scan[0] * scan[1]).fill(Number.NaN);
  for (let i = 0; i < values.length; i++) data[positions[2 * i] * scan[1] + positions[2 * i + 1]] = values[i];
  return data;
}
