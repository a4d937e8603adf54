import { refusedOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { addHistory, type Image, image } from "../data";
import { checkDecomposition, componentSpectra, type Decomposition } from "./decomposition";
import { type SpectraInput, scanMatrix } from "./scan-matrix";

/** What a residual is compared with: see `ResidualOptions.noise`. */
export type NoiseReference = "differences" | "poisson" | number;

/** Options of `residualMap`. */
export interface ResidualOptions {
  /**
   * `"differences"`: from the second differences of each spectrum, whose median tells the noise where the spectrum is smooth
   * and the noise independent from channel to channel; `"poisson"`: the root of the model, for counts; or a known standard
   * deviation in the units of the data. Default "differences".
   */
  readonly noise?: NoiseReference;
}

/** What a decomposition leaves of each spectrum, beside its noise. */
export interface ResidualMap {
  readonly kind: "residual-map";
  /** Root mean square residual over the channels of each pixel, in the units of the data. */
  readonly error: Image;
  /** |x - model| / |x| of each pixel; 0 for a pixel without signal that the model leaves empty too. */
  readonly relative: Image;
  /** Standard deviation of the noise of each pixel. */
  readonly noise: Image;
  /** `error` over `noise`: near 1 where the decomposition leaves nothing but noise. */
  readonly ratio: Image;
  /** Root mean squares over all pixels, and their ratio. */
  readonly overall: {
    readonly error: number;
    readonly relative: number;
    readonly noise: number;
    readonly ratio: number;
  };
  readonly method: Decomposition["kind"];
  readonly components: number;
  readonly reference: NoiseReference;
}

const REMEDY = "give the spectra that were decomposed";

/** Median of |normal numbers|. */
const NORMAL_MEDIAN = 0.674489750196;

/**
 * The reconstruction error of each pixel of a decomposition, and what noise alone would leave. k components of C channels
 * fit a share k / C of the noise as well, so that the ratio of a perfect model lies a little below 1.
 *
 * Pixels and channels that were left out of the decomposition are NaN and count nothing.
 *
 * @throws OptionError, ShapeError for spectra of another size than the result's, DataError
 * @example
 * plot.residualMap(residualMap(await nmf(spectra, { components: 4 }), spectra))
 */
export function residualMap(
  result: Decomposition,
  spectra: SpectraInput,
  { noise = "differences" }: ResidualOptions = {},
): ResidualMap {
  checkDecomposition("residualMap", result);
  if (noise !== "differences" && noise !== "poisson" && !(typeof noise === "number" && noise > 0)) {
    throw refusedOption("residualMap", "noise", noise, '"differences", "poisson" or a standard deviation above 0');
  }
  const matrix = scanMatrix(spectra, undefined, { missing: "ignore", remedy: REMEDY });
  checkSizes(result, matrix.axes);
  const [k, rows, columns] = result.maps.shape;
  const channels = matrix.axes.energy.size;
  const parts = componentSpectra(result);
  const mean = result.kind === "nmf" ? undefined : result.mean;
  const used = Array.from(matrix.channelIndex, (channel, place) => ({ channel, place })).filter(
    ({ channel }) => !Number.isNaN(parts.data[channel]),
  );
  const blank = () => new Float32Array(rows * columns).fill(Number.NaN);
  const [error, relative, deviation, ratio] = [blank(), blank(), blank(), blank()];
  const total = { residual: 0, signal: 0, noise: 0, count: 0, pixels: 0 };
  for (let i = 0; i < matrix.pixels; i++) {
    const pixel = matrix.places.index[i];
    if (Number.isNaN(result.maps.data[pixel])) continue;
    const row = i * matrix.channels;
    const { observed } = matrix;
    const at = observed === undefined ? used : used.filter(({ place }) => observed[row + place] === 1);
    let residual = 0;
    let signal = 0;
    let expected = 0;
    for (const { channel, place } of at) {
      let value = mean === undefined ? 0 : mean[channel];
      for (let j = 0; j < k; j++)
        value += result.maps.data[j * rows * columns + pixel] * parts.data[j * channels + channel];
      residual += (matrix.data[row + place] - value) ** 2;
      signal += matrix.data[row + place] ** 2;
      expected += Math.max(0, value);
    }
    if (at.length === 0) continue;
    const sigma =
      typeof noise === "number"
        ? noise
        : noise === "poisson"
          ? Math.sqrt(expected / at.length)
          : differenceNoise(matrix.data.subarray(row, row + matrix.channels), at);
    error[pixel] = Math.sqrt(residual / at.length);
    relative[pixel] = signal > 0 ? Math.sqrt(residual / signal) : residual > 0 ? Number.NaN : 0;
    deviation[pixel] = sigma;
    ratio[pixel] = sigma > 0 ? error[pixel] / sigma : Number.NaN;
    total.residual += residual;
    total.signal += signal;
    total.count += at.length;
    total.noise += sigma * sigma;
    total.pixels++;
  }
  if (total.count === 0) {
    throw new SpecbookError("DataError", "the decomposition and the spectra share no value", {
      got: "NaN in one or the other everywhere",
      needed: "pixels and channels that both have",
      remedy: REMEDY,
    });
  }
  const map = (data: Float32Array, title: string): Image =>
    image(data, [rows, columns], {
      axes: { y: result.axes.y, x: result.axes.x },
      metadata: { ...result.metadata, title },
      history: addHistory(result.history, "residualMap", { noise }),
    });
  const overall = { error: Math.sqrt(total.residual / total.count), noise: Math.sqrt(total.noise / total.pixels) };
  return Object.freeze({
    kind: "residual-map",
    error: map(error, "Residual"),
    relative: map(relative, "Relative residual"),
    noise: map(deviation, "Noise"),
    ratio: map(ratio, "Residual / noise"),
    overall: Object.freeze({
      ...overall,
      relative: Math.sqrt(total.residual / total.signal),
      ratio: overall.error / overall.noise,
    }),
    method: result.kind,
    components: k,
    reference: noise,
  });
}

/** Standard deviation of white noise from the median of |x(c-1) - 2 x(c) + x(c+1)|, which has sqrt(6) times that. */
function differenceNoise(values: Float32Array, at: readonly { channel: number; place: number }[]): number {
  const bends: number[] = [];
  for (let c = 1; c < at.length - 1; c++) {
    if (at[c + 1].channel - at[c - 1].channel !== 2) continue;
    bends.push(Math.abs(values[at[c - 1].place] - 2 * values[at[c].place] + values[at[c + 1].place]));
  }
  if (bends.length === 0) return Number.NaN;
  bends.sort((a, b) => a - b);
  const middle = bends.length >> 1;
  const median = bends.length % 2 === 1 ? bends[middle] : (bends[middle - 1] + bends[middle]) / 2;
  return median / (NORMAL_MEDIAN * Math.sqrt(6));
}

function checkSizes({ axes }: Decomposition, own: Decomposition["axes"]): void {
  const size = (a: Decomposition["axes"]) => [a.y.size, a.x.size, a.energy.size].join(" x ");
  if (size(axes) === size(own)) return;
  throw new SpecbookError("ShapeError", "the spectra are not those of the decomposition", {
    got: `spectra ${size(own)}, decomposition of ${size(axes)}`,
    needed: "the same rows, columns and channels",
    remedy: "give the spectra that were decomposed, cropped and binned alike",
  });
}
