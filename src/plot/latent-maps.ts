import type { LatentCoordinates } from "../analyse/results";
import { checkCount, checkKind } from "./check";
import { type FigureOptions, figure, letters } from "./figure";
import { mapPanel } from "./map-panel";
import { finiteDeviation, finiteMean, label } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { shapeWords } from "./words";

/** Options of `plot.latentMaps`. */
export interface LatentMapsOptions extends FigureOptions {
  /** Latents to draw, default all up to 12. */
  readonly show?: number;
}

/** Latents are drawn between plus and minus this many standard deviations from their mean. */
const RANGE = 2.5;

/**
 * Where in the scan each latent is large: one map per latent, in standard deviations from that latent's mean, so that
 * one colour bar serves a row. Pixels without a window are grey.
 *
 * @throws OptionError for another value than the result of `latent`
 */
export function latentMaps(latent: LatentCoordinates, options: LatentMapsOptions = {}): VegaLiteSpec {
  checkKind("plot.latentMaps", latent, ["latent"], "plot.latentMaps(await latent(model, pairs))");
  const [count, size] = latent.values.shape;
  const { show = Math.min(size, 12) } = options;
  checkCount("plot.latentMaps", "show", show, 1, size);
  const letter = letters(options.letter);
  const columns = Math.min(show, 4);
  const panels = Array.from({ length: show }, (_, j) => {
    const values = Float64Array.from({ length: count }, (_, i) => latent.values.data[i * size + j]);
    const mean = finiteMean(values);
    const deviation = finiteDeviation(values);
    return mapPanel({
      letter: letter(),
      title: `z${j + 1}  (${label(mean)} ± ${label(deviation)})`,
      data: onScan(
        latent,
        values.map((v) => (v - mean) / (deviation || 1)),
      ),
      axes: latent.axes,
      colours: "diverging",
      domain: [-RANGE, RANGE],
      width: columns > 2 ? 150 : 225,
      legend: j % columns === columns - 1 || j === show - 1 ? "z (s.d. from mean)" : undefined,
    });
  });
  const notes = [`${count} windows, ${size} latents (mean ± standard deviation)`, shapeWords(latent.axes)];
  return figure(options, "Latent maps", notes, [panels], columns);
}

/** One value per window at its scan pixel, NaN where there is no window. */
function onScan({ positions, scan }: LatentCoordinates, values: ArrayLike<number>): Float32Array {
  const data = new Float32Array(scan[0] * scan[1]).fill(Number.NaN);
  for (let i = 0; i < values.length; i++) data[positions[2 * i] * scan[1] + positions[2 * i + 1]] = values[i];
  return data;
}
