import type { ErrorAnalysis } from "../analyse/results";
import type { Transfer } from "../analyse/transfer";
import { checkFinite, checkKind } from "./check";
import { errorPanel } from "./error-map";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import { linePanel } from "./line-panel";
import { mapSize } from "./map-panel";
import { extent, percent } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { accent } from "./theme";
import { shapeWords, source } from "./words";

const WIDTH = 225;
const BINS = 40;

/**
 * The error map of the other data beside the distribution of their errors and, where it is known, of those on the
 * model's own test set; the subtitle says how the data differ.
 *
 * @throws OptionError for another value than the result of `transfer`
 * @example
 * plot.transfer(await transfer(model, otherPairs, { test }))
 */
export function transfer(result: Transfer, options: FigureOptions = {}): VegaLiteSpec {
  checkKind("plot.transfer", result, ["transfer"], "plot.transfer(await transfer(model, otherPairs, { test }))");
  const { errors, own, outside, differences, scale } = result;
  checkFinite("plot.transfer", "an error map", errors.map.data);
  const letter = letters(options.letter);
  const { map } = errors;
  const panels = [
    errorPanel(map, "Error on the other data", letter(), WIDTH),
    distributions(errors, own, letter(), Math.max(170, mapSize(map.axes, WIDTH).height)),
  ];
  const notes = [
    source(map.metadata),
    `${errors.perSample.length} samples`,
    shapeWords(map.axes),
    `mean error ${percent(errors.mean)}${own === undefined ? "" : `, on the own test set ${percent(own.mean)}`}`,
    outside === undefined ? undefined : `${percent(outside)} of the samples outside the model's latent distribution`,
    scale === "model" ? "scaled with the model's numbers" : "with their own scaling",
    ...differences,
  ];
  return figure(options, "Transfer to another data set", notes, [panels]);
}

/** Share of the samples in each of 40 bins of the error, as stepped curves. */
function distributions(errors: ErrorAnalysis, own: ErrorAnalysis | undefined, letter: string, height: number): Panel {
  const sets = [{ name: "other data", found: errors, colour: accent(3) }];
  if (own !== undefined) sets.push({ name: "own test set", found: own, colour: accent(0) });
  const largest = Math.max(...sets.map(({ found }) => (extent(found.perSample) ?? [0, 0])[1])) || 1;
  const x = Float64Array.from({ length: 2 * BINS }, (_, i) => (100 * largest * Math.ceil(i / 2)) / BINS);
  const curves = sets.map(({ name, found, colour }) => ({ name, colour, values: stepped(found.perSample, largest) }));
  const { noiseFloor } = errors;
  return linePanel({
    letter,
    title: "Distribution",
    x,
    xTitle: "Error (%)",
    yTitle: "Samples (%)",
    curves,
    width: 270,
    height,
    filled: true,
    domain: [0, 1.3 * Math.max(1, ...curves.flatMap(({ values }) => [...values]))],
    guides: noiseFloor === undefined ? [] : [{ x: 100 * noiseFloor, text: `noise alone ${percent(noiseFloor)}` }],
  });
}

function stepped(errors: Float32Array, largest: number): Float64Array {
  const counts = new Float64Array(BINS);
  for (const error of errors) counts[Math.min(BINS - 1, Math.floor((BINS * error) / largest))]++;
  return Float64Array.from({ length: 2 * BINS }, (_, i) => (100 * counts[Math.floor(i / 2)]) / errors.length);
}
