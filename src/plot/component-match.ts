import { axisValues, type FloatArray } from "../data";
import type { Decomposition } from "../decompose/decomposition";
import type { ComponentMatch, ComponentPair } from "../decompose/match-components";
import { checkCount, checkKind } from "./check";
import type { ColourMapName } from "./colour-maps";
import { component } from "./factors";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import { linePanel } from "./line-panel";
import { mapPanel, mapSize } from "./map-panel";
import { extent, finiteDeviation } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { accent, INK } from "./theme";
import { energyTitle, shapeWords, source } from "./words";

/** Options of `plot.componentMatch`. */
export interface ComponentMatchOptions extends FigureOptions {
  /** Pairs to draw, default all up to 4. */
  readonly show?: number;
  /** Names of the two results; default their methods. */
  readonly names?: readonly [string, string];
}

const WIDTH = 128;

/**
 * The matched components of two results: the maps of the first, those of the second below them, and both spectra over each
 * other, each of unit length (the second dashed). A component that the match turned over is drawn turned over.
 *
 * @throws OptionError for another value than the result of `matchComponents`
 * @example
 * plot.componentMatch(matchComponents(one, other), { names: ["seed 1", "seed 2"] })
 */
export function componentMatch(match: ComponentMatch, options: ComponentMatchOptions = {}): VegaLiteSpec {
  checkKind("plot.componentMatch", match, ["component-match"], "plot.componentMatch(matchComponents(one, other))");
  const { pairs, a, b, unmatched } = match;
  const { show = Math.min(4, pairs.length), names = defaultNames(a, b) } = options;
  checkCount("plot.componentMatch", "show", show, 1, pairs.length);
  const shown = pairs.slice(0, show);
  const letter = letters(options.letter);
  const panels = [
    ...shown.map((pair, i) => mapOf(a, pair.a, 1, `${names[0]}, ${pair.a + 1}`, letter(), i === show - 1)),
    ...shown.map((pair, i) => mapOf(b, pair.b, pair.sign, `${names[1]}, ${pair.b + 1}`, letter(), i === show - 1)),
    ...shown.map((pair, i) => spectraOf(match, pair, names, letter(), i === 0)),
  ];
  const left = unmatched.a.length + unmatched.b.length;
  const notes = [
    source(a.metadata),
    shapeWords(a.axes),
    `mean ${match.similarity} ${match.mean.toFixed(3)}`,
    left === 0 ? undefined : `${left} without a partner`,
    `above ${names[0]}, below ${names[1]} (dashed)`,
  ];
  const which = show < pairs.length ? `first ${show} of ${pairs.length}` : `${pairs.length}`;
  return figure(options, `Matched components: ${which}`, notes, [panels], show);
}

function defaultNames(a: Decomposition, b: Decomposition): [string, string] {
  const name = ({ kind }: Decomposition) => kind.toUpperCase();
  return a.kind === b.kind ? [`First ${name(a)}`, `Second ${name(b)}`] : [name(a), name(b)];
}

/** NMF's maps from 0 to their largest value, others in standard deviations. */
function mapOf(
  result: Decomposition,
  index: number,
  sign: number,
  title: string,
  letter: string,
  last: boolean,
): Panel {
  const values = component(result.maps, index);
  const positive = result.kind === "nmf";
  const scale = positive ? (extent(values)?.[1] ?? 1) : finiteDeviation(values);
  const colours: ColourMapName = positive ? "inferno" : "diverging";
  return mapPanel({
    letter,
    title,
    data: values.map((v) => (sign * v) / (scale || 1)),
    axes: result.axes,
    colours,
    domain: positive ? [0, 1] : [-2.5, 2.5],
    width: WIDTH,
    legend: last ? (positive ? "abundance" : "map (s.d.)") : undefined,
  });
}

function spectraOf(
  { a, b }: ComponentMatch,
  pair: ComponentPair,
  names: readonly [string, string],
  letter: string,
  first: boolean,
): Panel {
  const unit = (spectra: FloatArray, index: number, sign: number) => {
    const values = component(spectra, index);
    const length = Math.sqrt(values.reduce((sum, v) => (Number.isNaN(v) ? sum : sum + v * v), 0)) || 1;
    return values.map((v) => (sign * v) / length);
  };
  const spectra = (result: Decomposition) => (result.kind === "nmf" ? result.endmembers : result.components);
  return linePanel({
    letter,
    title: `Similarity ${pair.similarity.toFixed(3)}`,
    x: axisValues(a.axes.energy),
    xTitle: energyTitle(a.axes.energy),
    yTitle: first ? "Unit length" : undefined,
    curves: [
      { name: names[0], values: unit(spectra(a), pair.a, 1), colour: accent(pair.a) },
      { name: `${names[1]} `, values: unit(spectra(b), pair.b, pair.sign), colour: INK, dashed: true },
    ],
    legend: "none",
    width: mapSize(a.axes, WIDTH).width,
    height: 96,
  });
}
