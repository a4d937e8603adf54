import { axisValues } from "../data";
import { meanSpectrum } from "../signal/mean-spectrum";
import type { ZeroLossRemoval } from "../signal/remove-zero-loss";
import { checkFinite, checkKind } from "./check";
import { type FigureOptions, figure, letters } from "./figure";
import { fitMap, fitNotes, shortTitle, sumAbove } from "./fit-panels";
import { linePanel } from "./line-panel";
import { extent } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { accent, MUTED } from "./theme";
import { energyTitle, intensityTitle, shapeWords, source } from "./words";

/** Decades of the logarithmic panel below its highest value. */
const DECADES = 4;

/**
 * The mean spectrum with the mean of the fitted zero-loss peaks and what is left of it, and maps of what is left and of the
 * deviation in the window, which has a grey ground. Pixels that could not be fitted are grey.
 *
 * @throws OptionError for another value than the result of `removeZeroLoss`
 * @example
 * plot.zeroLossRemoval(await removeZeroLoss(spectra, { window: [0.08, 0.16] }))
 */
export function zeroLossRemoval(result: ZeroLossRemoval, options: FigureOptions = {}): VegaLiteSpec {
  const call = "plot.zeroLossRemoval";
  checkKind(call, result, ["zero-loss-removal"], `${call}(await removeZeroLoss(spectra, { window: [0.08, 0.16] }))`);
  const { spectra, zeroLoss, before, window, error, options: used } = result;
  checkFinite(call, "spectra", spectra.data);
  const letter = letters(options.letter);
  const x = axisValues(before.energy);
  const peak = meanSpectrum(zeroLoss);
  const last = Math.max(x[0], x[x.length - 1]);
  const from = window.length > 0 ? window[0][0] / 2 : 0;
  const shown = (values: ArrayLike<number>) =>
    Float64Array.from(x, (energy, c) => (energy >= from && values[c] > 0 ? values[c] : Number.NaN));
  const rest = Float64Array.from(before.mean, (value, c) => value - peak[c]);
  const measured = shown(before.mean);
  const high = extent(measured)?.[1] ?? 1;
  const low = Math.max(high / 10 ** DECADES, (extent(measured)?.[0] ?? 1) / 20);
  const above = Float64Array.from(x, (energy, c) =>
    window.length === 0 || energy > window[0][1] ? rest[c] : Number.NaN,
  );
  const atLeast = (values: Float64Array) => values.map((value) => (value >= low ? value : Number.NaN));
  const lines = linePanel({
    letter: letter(),
    title: "Mean spectrum and fitted peak",
    x,
    xTitle: energyTitle(before.energy),
    yTitle: intensityTitle(spectra.metadata),
    xDomain: [from, last],
    domain: [low / 1.15, 3 * high], // room for the names of the curves
    logarithmic: true,
    shaded: window,
    curves: [
      { name: "measured", values: measured, colour: MUTED },
      { name: "zero-loss peak", values: atLeast(shown(peak)), colour: accent(1), dashed: true },
      { name: "what is left", values: atLeast(shown(above)), colour: accent(0) },
    ],
    width: 235,
    height: 210,
  });
  const maps = [
    fitMap(
      spectra,
      sumAbove(spectra, window[0]?.[1] ?? 0),
      "Sum of what is left",
      shortTitle(spectra.metadata),
      letter(),
    ),
    ...(extent(error.data) === undefined
      ? []
      : [
          fitMap(
            spectra,
            error.data.map((v) => 100 * v),
            "Deviation in the window",
            "%",
            letter(),
          ),
        ]),
  ];
  const method = { "power-law": "two-term law", mirrored: "mirrored gain side", "reflected-tail": "reflected tail" };
  const notes = [source(spectra.metadata), shapeWords(zeroLoss.axes), method[used.method], ...fitNotes(result)];
  return figure(options, "Removal of the zero-loss peak", notes, [[lines, ...maps]]);
}
