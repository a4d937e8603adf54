import { axisValues } from "../data";
import type { Despiked, Spike } from "../signal";
import { checkCount, checkKind } from "./check";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import { linePanel } from "./line-panel";
import { mapPanel, mapSize } from "./map-panel";
import { label } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { accent, MUTED } from "./theme";
import { counted, energyTitle, intensityTitle, shapeWords, source } from "./words";

/** Options of `plot.despiked`. */
export interface DespikedPlotOptions extends FigureOptions {
  /** Spikes to draw, the highest first. Default 3. */
  readonly show?: number;
}

const WIDTH = 200;
/** Channels on either side of a spike that are drawn. */
const AROUND = 12;

/**
 * Where spikes were replaced, and the spectra around the highest of them before and after.
 *
 * @throws OptionError for another value than the result of `despike`
 * @example
 * plot.despiked(await despike(spectra))
 */
export function despiked(result: Despiked, options: DespikedPlotOptions = {}): VegaLiteSpec {
  checkKind("plot.despiked", result, ["despiked"], "plot.despiked(await despike(spectra))");
  const { show = 3 } = options;
  checkCount("plot.despiked", "show", show, 0, 12);
  const { map, spikes, spectra } = result;
  const letter = letters(options.letter);
  const { height } = mapSize(map.axes, WIDTH);
  const most = map.data.reduce((a, b) => Math.max(a, b), 3); // a bar of whole numbers
  const where = mapPanel({
    letter: letter(),
    title: "Channels replaced",
    data: map.data,
    axes: map.axes,
    colours: "inferno",
    domain: [0, most],
    width: WIDTH,
    legend: "channels",
  });
  const panels = spikes.slice(0, show).map((spike, i) => spikePanel(result, spike, i, letter(), Math.max(150, height)));
  const pixels = map.data.reduce((sum, v) => sum + Number(v > 0), 0);
  const { threshold, channels } = result.options;
  const notes = [
    source(spectra.metadata),
    shapeWords(spectra.axes),
    `${counted(spikes.length, "spike")} in ${counted(pixels, "pixel")}, above ${threshold} standard deviations of the noise and at most ${channels} channels wide`,
  ];
  return figure(options, "Spikes", notes, [[where, ...panels]], 4);
}

function spikePanel(result: Despiked, spike: Spike, index: number, letter: string, height: number): Panel {
  const { before, spectra } = result;
  const { energy } = spectra.axes;
  const [, columns, depth] = spectra.shape;
  const first = Math.max(0, spike.channels[0] - AROUND);
  const end = Math.min(depth, spike.channels[1] + AROUND);
  const from = (spike.row * columns + spike.column) * depth;
  return linePanel({
    letter,
    title: `Row ${spike.row}, column ${spike.column}: ${label(spike.sigmas)} s.d.`,
    x: axisValues(energy).subarray(first, end),
    xTitle: energyTitle(energy),
    yTitle: index === 0 ? intensityTitle(spectra.metadata) : undefined,
    curves: [
      { name: "before", values: before.data.subarray(from + first, from + end), colour: MUTED, dashed: true },
      { name: "after", values: spectra.data.subarray(from + first, from + end), colour: accent(0) },
    ],
    width: 170,
    height,
    legend: index === 0 ? "lower left" : "none",
  });
}
