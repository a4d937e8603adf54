import { addHistory, type Image, image, type SpectrumImage, spectrumImage } from "../data";
import type { LeastSquaresFit } from "./levenberg-marquardt";
import type { FittedPeak, PeakFit } from "./peak-fit";
import type { ModelPeak, PeakModel } from "./peak-model";
import { unitArea } from "./peak-shapes";
import { asMask } from "./threshold";

/** What of a pixel's fit the maps need. */
export type PixelFit = Pick<LeastSquaresFit, "parameters" | "covariance" | "converged">;

/** Collects the fits of pixels into maps, fitted spectra and means. */
export interface FitCollector {
  add(pixel: number, y: Float64Array, fit: PixelFit): void;
  /** Fits that did not converge so far. */
  failures(): number;
  result(pixels: number): PeakFit;
}

/** The four numbers of a peak that its maps show, in this order. */
const SHOWN = ["centre", "width", "height", "area"] as const;

/** A collector for the fits of a model to a spectrum image; `options` are those to report. */
export function collector(part: SpectrumImage, model: PeakModel, options: object): FitCollector {
  const [rows, columns, channels] = part.shape;
  const scan = rows * columns;
  const empty = () => new Float32Array(scan).fill(Number.NaN);
  const values = Array.from({ length: model.size }, empty);
  const areas = model.peaks.map(empty);
  const spreads = model.peaks.map(() => SHOWN.map(empty));
  const residual = empty();
  const failed = new Float32Array(scan);
  const limited = new Float32Array(scan);
  const fitted = new Float32Array(part.data.length).fill(Number.NaN);
  const curve = new Float64Array(channels);
  const sums = {
    data: new Float64Array(channels),
    fitted: new Float64Array(channels),
    peaks: model.peaks.map(() => new Float64Array(channels)),
  };
  let failures = 0;
  let used = 0;

  const add: FitCollector["add"] = (pixel, y, { parameters, covariance, converged }) => {
    if (!converged) {
      failed[pixel] = 1;
      failures++;
      return;
    }
    used++;
    for (let j = 0; j < model.size; j++) values[j][pixel] = parameters[j];
    limited[pixel] = Number(meetsBound(model, parameters));
    model.evaluate(parameters, curve);
    let squares = 0;
    for (let c = 0; c < channels; c++) {
      fitted[pixel * channels + c] = curve[c];
      squares += (y[c] - curve[c]) ** 2;
      sums.data[c] += y[c];
      sums.fitted[c] += curve[c];
    }
    residual[pixel] = Math.sqrt(squares / channels);
    for (const [k, peak] of model.peaks.entries()) {
      model.addPeak(peak, parameters, sums.peaks[k]);
      const { area, deviations } = measured(peak, parameters, covariance, model);
      areas[k][pixel] = area;
      for (const [s, deviation] of deviations.entries()) spreads[k][s][pixel] = deviation;
    }
  };

  const result = (pixels: number): PeakFit => {
    const history = addHistory(part.history, "fitPeaks", serialisable(options));
    const { y, x } = part.axes;
    const map = (data: Float32Array, title: string, quantity: string, units: string): Image => {
      const metadata = { ...part.metadata, title, signal: title, quantity, units };
      return image(data, [rows, columns], { axes: { y, x }, metadata, history });
    };
    const units = dataUnits(part);
    const perArea = [units, part.axes.energy.units].filter(Boolean).join(" ");
    const peakMaps = model.peaks.map(({ name, shape, from }, k): FittedPeak => {
      const data = [values[from], values[from + 1], values[from + 2], areas[k]];
      const scales = [part.axes.energy.units, part.axes.energy.units, units, perArea];
      const shown = SHOWN.map((word, i) => map(data[i], `${name}: ${word}`, capital(word), scales[i]));
      const spread = SHOWN.map((word, i) =>
        map(spreads[k][i], `${name}: deviation of the ${word}`, `Deviation of the ${word}`, scales[i]),
      );
      return Object.freeze({
        name,
        shape,
        ...quartet(shown),
        ...(shape === "pseudo-voigt"
          ? { mixing: map(values[from + 3], `${name}: share`, "Lorentzian share", "") }
          : {}),
        deviations: Object.freeze(quartet(spread)),
      });
    });
    const mean = (sum: Float64Array) => Float32Array.from(sum, (v) => v / used);
    const ground = sums.fitted.map((v, c) => v - sums.peaks.reduce((a, peak) => a + peak[c], 0));
    const mask = (data: Float32Array) => asMask(map(data, "mask", "", ""));
    return Object.freeze({
      kind: "peak-fit",
      peaks: Object.freeze(peakMaps),
      background: Object.freeze(
        values
          .slice(model.background)
          .map((data, k) =>
            map(
              data,
              k === 0 ? "background" : "slope of the background",
              "Background",
              k === 0 ? units : `${units}/eV`,
            ),
          ),
      ),
      fitted: spectrumImage(fitted, part.shape, { axes: part.axes, metadata: part.metadata, history }),
      residual: map(residual, "residual", "Residual", units),
      failed: mask(failed),
      limited: mask(limited),
      mean: Object.freeze({
        data: mean(sums.data),
        fitted: mean(sums.fitted),
        peaks: Object.freeze(sums.peaks.map(mean)),
        background: mean(ground),
      }),
      pixels,
      failures,
      axes: part.axes,
      options: Object.freeze(serialisable(options)),
      metadata: part.metadata,
      history,
    });
  };
  return { add, failures: () => failures, result };
}

/** True if a parameter lies on one of its bounds, other than one that holds it. */
export function meetsBound({ lower, upper }: PeakModel, parameters: Float64Array): boolean {
  return parameters.some((value, j) => lower[j] < upper[j] && (value <= lower[j] || value >= upper[j]));
}

function quartet([centre, width, height, area]: readonly Image[]) {
  return { centre, width, height, area };
}

/** Area of a peak, and the deviations of centre, width, height and area. */
function measured({ shape, from }: ModelPeak, p: Float64Array, covariance: Float64Array, { size }: PeakModel) {
  const variance = (i: number, j: number) => covariance[(from + i) * size + from + j];
  const [, width, height, mixing = 0] = p.subarray(from, from + (shape === "pseudo-voigt" ? 4 : 3));
  const unit = unitArea(shape, mixing);
  // How the area moves with the peak's own parameters: area = unit(mixing) * width * height.
  const slope = [0, unit * height, unit * width, (unitArea(shape, 1) - unitArea(shape, 0)) * width * height];
  let areaVariance = 0;
  for (let i = 1; i < (shape === "pseudo-voigt" ? 4 : 3); i++) {
    for (let j = 1; j < (shape === "pseudo-voigt" ? 4 : 3); j++) areaVariance += slope[i] * slope[j] * variance(i, j);
  }
  return {
    area: unit * width * height,
    deviations: [variance(0, 0), variance(1, 1), variance(2, 2), areaVariance].map(Math.sqrt),
  };
}

/** Options without what cannot be written down. */
function serialisable(options: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([key]) => key !== "signal" && key !== "onProgress"));
}

function dataUnits({ metadata }: SpectrumImage): string {
  return typeof metadata.units === "string" ? metadata.units : "";
}

const capital = (word: string): string => word[0].toUpperCase() + word.slice(1);
