import { axisValues } from "../data";
import type { ZeroLossAlignment } from "../signal/align-zero-loss";
import { meanSpectrum } from "../signal/mean-spectrum";
import { checkFinite, checkKind } from "./check";
import { type FigureOptions, figure, letters } from "./figure";
import { linePanel } from "./line-panel";
import { mapPanel, mapSize } from "./map-panel";
import { extent, finiteDeviation, finiteMean, label } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { accent, MUTED } from "./theme";
import { counted, energyTitle, intensityTitle, shapeWords, source } from "./words";

const WIDTH = 240;
/** Widths of the peak that are drawn on either side. */
const REACH = 4;

/**
 * What the alignment of zero-loss peaks did: the map of the shifts about their mean, and the mean peak before (moved by
 * the mean shift as a whole) and after. Pixels without a peak are grey.
 *
 * @throws OptionError for another value than the result of `alignZeroLoss`
 * @example
 * plot.zeroLossAlignment(await alignZeroLoss(lowLoss))
 */
export function zeroLossAlignment(result: ZeroLossAlignment, options: FigureOptions = {}): VegaLiteSpec {
  const call = "plot.zeroLossAlignment";
  checkKind(call, result, ["zero-loss-alignment"], `${call}(await alignZeroLoss(lowLoss))`);
  const { shifts, spectra, before, width, failed } = result;
  checkFinite(call, "a map of shifts", shifts.data);
  const mean = finiteMean(shifts.data);
  const fine = width < 0.2;
  const [factor, unit] = fine ? [1000, "meV"] : [1, "eV"];
  const relative = shifts.data.map((shift) => factor * (shift - mean));
  const reach = Math.max(...(extent(relative) ?? [0, 1]).map(Math.abs)) || 1;
  const letter = letters(options.letter);
  const map = mapPanel({
    letter: letter(),
    title: "Shift about its mean",
    data: relative,
    axes: shifts.axes,
    colours: "diverging",
    domain: [-reach, reach],
    width: WIDTH,
    legend: `shift (${unit})`,
  });
  const after = meanSpectrum(spectra);
  const x = axisValues(spectra.axes.energy);
  const earlier = Float64Array.from(x, (energy) => valueAt(before, energy - mean));
  const span = Math.max(REACH * width, 4 * Math.abs(spectra.axes.energy.scale));
  const lines = linePanel({
    letter: letter(),
    title: "Mean spectrum",
    x,
    xTitle: energyTitle(spectra.axes.energy),
    yTitle: intensityTitle(spectra.metadata),
    xDomain: [Math.max(-span, x[0]), Math.min(span, x[x.length - 1])],
    curves: [
      { name: "before", values: inside(earlier, x, span), colour: MUTED, dashed: true },
      { name: "aligned", values: inside(after, x, span), colour: accent(0) },
    ],
    width: 300,
    height: Math.max(150, mapSize(shifts.axes, WIDTH).height),
  });
  const notes = [
    source(spectra.metadata),
    shapeWords(spectra.axes),
    String(result.options.method),
    `shifts ${label(factor * finiteDeviation(shifts.data))} ${unit} s.d. about ${label(factor * mean)} ${unit}`,
    `peak ${label(factor * width)} ${unit} wide (median)`,
    failed === 0 ? undefined : `${counted(failed, "pixel")} without a peak`,
  ];
  return figure(options, "Alignment of the zero-loss peak", notes, [[map, lines]]);
}

/** A spectrum's value at an energy, by a straight line between its channels; NaN outside. */
function valueAt({ mean, energy }: ZeroLossAlignment["before"], at: number): number {
  const place = (at - energy.offset) / energy.scale;
  const i = Math.floor(place);
  return i >= 0 && i + 1 < mean.length ? mean[i] + (place - i) * (mean[i + 1] - mean[i]) : Number.NaN;
}

/** NaN outside of what the panel shows, which then sets no scale and takes no room. */
function inside(values: ArrayLike<number>, x: Float64Array, span: number): Float64Array {
  return x.map((energy, i) => (Math.abs(energy) <= span ? values[i] : Number.NaN));
}
