import type { ForwardProjection } from "../analyse/results";
import { checkFinite, checkKind } from "./check";
import { type FigureOptions, figure } from "./figure";
import { label } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { spectrumGridPanel } from "./spectrum-grid-panel";

/**
 * Spectra decoded on a grid of the latent plane, each drawn in its place of the plane, in one intensity scale; the
 * colour says at which energy the spectrum is largest.
 *
 * @throws OptionError for another value than the result of `forwardProjection`
 */
export function forwardProjection(projection: ForwardProjection, options: FigureOptions = {}): VegaLiteSpec {
  const remedy = "plot.forwardProjection(await forwardProjection(model, pairs))";
  checkKind("plot.forwardProjection", projection, ["forward-projection"], remedy);
  checkFinite("plot.forwardProjection", "a set of spectra", projection.spectra.data);
  const { energy, grid } = projection;
  const last = energy.offset + energy.scale * (energy.size - 1);
  const notes = [
    `${grid.y.length} x ${grid.x.length} decoded spectra, one intensity scale`,
    `each from ${label(energy.offset)} to ${label(last)} ${energy.units}`,
  ];
  return figure(options, "Forward projection: spectra of the latent plane", notes, [[spectrumGridPanel(projection)]]);
}
