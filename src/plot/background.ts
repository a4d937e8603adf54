import { axisValues } from "../data";
import { meanSpectrum } from "../signal/mean-spectrum";
import type { BackgroundRemoval } from "../signal/remove-background";
import { checkFinite, checkKind } from "./check";
import { type FigureOptions, figure, letters } from "./figure";
import { fitMap, fitNotes, shortTitle, sumAbove } from "./fit-panels";
import { linePanel } from "./line-panel";
import { extent } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { accent, MUTED } from "./theme";
import { energyTitle, intensityTitle, shapeWords, source } from "./words";

/** The parameter of each curve whose map says most, and its title. */
const TELLING: Readonly<Record<string, readonly [string, string, string]>> = {
  "power-law": ["r", "Power r", "r"],
  exponential: ["tau", "Decay tau", "tau (eV)"],
  offset: ["a0", "Constant", "intensity"],
  polynomial: ["a0", "Constant term", "a0"],
};

/**
 * The mean spectrum with its background and what is left, and maps of what is left above the window and of the fit. The
 * window has a grey ground. Pixels that could not be fitted are grey.
 *
 * @throws OptionError for another value than the result of `removeBackground`
 * @example
 * plot.background(await removeBackground(coreLoss, { window: [400, 450] }))
 */
export function background(result: BackgroundRemoval, options: FigureOptions = {}): VegaLiteSpec {
  const call = "plot.background";
  checkKind(call, result, ["background-removal"], `${call}(await removeBackground(spectra, { window: [400, 450] }))`);
  const { spectra, background: curve, window, parameters, options: used } = result;
  checkFinite(call, "spectra", spectra.data);
  const letter = letters(options.letter);
  const x = axisValues(spectra.axes.energy);
  const [left, under] = [meanSpectrum(spectra), meanSpectrum(curve)];
  const ends = window.flat();
  const [low, high] = [Math.min(...x), Math.max(...x)];
  // From a window's width before the window: below it a power law soon leaves the picture.
  const from = Math.max(low, ends[0] - (ends[1] - ends[0]));
  const shown = (values: ArrayLike<number>) =>
    Float64Array.from(x, (energy, c) => (energy >= from ? values[c] : Number.NaN));
  const measured = shown(left.map((value, c) => value + under[c]));
  const signal = shown(left);
  const most = 1.08 * (extent(measured)?.[1] ?? 1);
  const least = Math.min(0, ...[...signal].filter((v, c) => Number.isFinite(v) && x[c] >= ends[0]));
  const clamp = (values: Float64Array) => values.map((v) => (v > most || v < 1.1 * least ? Number.NaN : v));
  const lines = linePanel({
    letter: letter(),
    title: "Mean spectrum and background",
    x,
    xTitle: energyTitle(spectra.axes.energy),
    yTitle: intensityTitle(spectra.metadata),
    xDomain: [from, high],
    domain: [1.1 * least, most],
    shaded: window,
    curves: [
      { name: "measured", values: measured, colour: MUTED },
      { name: "background", values: clamp(shown(under)), colour: accent(1), dashed: true },
      { name: "what is left", values: clamp(signal), colour: accent(0) },
    ],
    width: 235,
    height: 210,
  });
  const [name, title, legend] = TELLING[used.model];
  const maps = [
    fitMap(
      spectra,
      sumAbove(spectra, Math.max(...ends)),
      "Sum of what is left",
      shortTitle(spectra.metadata),
      letter(),
    ),
    fitMap(spectra, parameters[name].data, title, legend, letter()),
  ];
  const notes = [source(spectra.metadata), shapeWords(spectra.axes), used.model, ...fitNotes(result)];
  return figure(options, "Background removal", notes, [[lines, ...maps]]);
}
