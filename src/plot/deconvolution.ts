import { axisValues } from "../data";
import type { Deconvolution } from "../signal/fourier-log";
import { meanSpectrum } from "../signal/mean-spectrum";
import { checkFinite, checkKind } from "./check";
import { type FigureOptions, figure } from "./figure";
import { linePanel } from "./line-panel";
import { extent } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { accent, MUTED } from "./theme";
import { counted, energyTitle, intensityTitle, shapeWords, source } from "./words";

/**
 * The mean of all losses beside that of the losses of electrons that lost energy once.
 *
 * @throws OptionError for another value than the result of `fourierLog`
 * @example
 * plot.deconvolution(await fourierLog(spectra, { zeroLoss }))
 */
export function deconvolution(result: Deconvolution, options: FigureOptions = {}): VegaLiteSpec {
  const call = "plot.deconvolution";
  checkKind(call, result, ["deconvolution"], `${call}(await fourierLog(spectra, { zeroLoss }))`);
  const { spectra, before, failed, options: used } = result;
  checkFinite(call, "spectra", spectra.data);
  const x = axisValues(before.energy);
  const single = meanSpectrum(spectra);
  const high = extent(before.mean)?.[1] ?? 1;
  // Where the peak was, what is left of it would set the scale.
  const shown = (values: ArrayLike<number>) =>
    Float64Array.from(x, (energy, c) => (energy >= 0 && Math.abs(values[c]) <= 1.05 * high ? values[c] : Number.NaN));
  const panel = linePanel({
    title: "",
    x,
    xTitle: energyTitle(before.energy),
    yTitle: intensityTitle(spectra.metadata),
    xDomain: [Math.max(0, x[0]), x[x.length - 1]],
    curves: [
      { name: "all losses", values: shown(before.mean), colour: MUTED, dashed: true },
      { name: "single losses", values: shown(single), colour: accent(0) },
    ],
    width: 480,
    height: 230,
  });
  const { modifier } = used;
  const seen = modifier === "zero-loss" ? "seen with the zero-loss peak" : `seen with ${JSON.stringify(modifier)} eV`;
  const notes = [
    source(spectra.metadata),
    shapeWords(spectra.axes),
    seen,
    failed > 0 ? `${counted(failed, "pixel")} failed` : undefined,
  ];
  return figure(options, "Fourier-log deconvolution: mean spectra", notes, [[panel]]);
}
