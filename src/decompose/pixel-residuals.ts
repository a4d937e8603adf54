import { MEDIAN_TO_DEVIATION, median } from "../signal/order-statistics";
import { componentSpectra, type Decomposition } from "./decomposition";
import { isHeld, type SpectraMatrix } from "./scan-matrix";

/** What a residual is compared with: see `ResidualOptions.noise`. */
export type NoiseReference = "differences" | "poisson" | number;

/** What a decomposition leaves of one spectrum. */
export interface PixelResidual {
  /** row * columns + column. */
  readonly pixel: number;
  /** Sums of squares of the residual and of the spectrum, over `count` channels. */
  readonly residual: number;
  readonly signal: number;
  readonly count: number;
  /** Standard deviation of the noise; NaN where it cannot be told. */
  readonly noise: number;
}

/** A measured channel: its index along the energy axis, and its column in the matrix. */
interface Place {
  readonly channel: number;
  readonly column: number;
}

/** The pixels that both the decomposition and the spectra have, one after another. */
export async function* pixelResiduals(
  result: Decomposition,
  matrix: SpectraMatrix,
  reference: NoiseReference,
): AsyncGenerator<PixelResidual> {
  const spectra = componentSpectra(result);
  const observed = isHeld(matrix) ? matrix.observed : undefined;
  const used = Array.from(matrix.channelIndex, (channel, column) => ({ channel, column })).filter(
    ({ channel }) => !Number.isNaN(spectra.data[channel]),
  );
  let row = 0;
  for await (const piece of matrix.pieces()) {
    for (let start = 0; start < piece.length; start += matrix.channels, row++) {
      const pixel = matrix.places.index[row];
      if (Number.isNaN(result.maps.data[pixel])) continue;
      const first = row * matrix.channels;
      const values = piece.subarray(start, start + matrix.channels);
      const isMeasured = (column: number) =>
        observed === undefined ? !Number.isNaN(values[column]) : observed[first + column] === 1;
      const places = used.filter(({ column }) => isMeasured(column));
      if (places.length === 0) continue;
      yield { pixel, count: places.length, ...residualOf(result, pixel, values, places, reference) };
    }
  }
}

function residualOf(
  result: Decomposition,
  pixel: number,
  values: Float32Array,
  places: readonly Place[],
  reference: NoiseReference,
): Pick<PixelResidual, "residual" | "signal" | "noise"> {
  const { maps } = result;
  const spectra = componentSpectra(result);
  const mean = result.kind === "nmf" ? undefined : result.mean;
  const [components, channels] = spectra.shape;
  const size = maps.data.length / components;
  let residual = 0;
  let signal = 0;
  let expected = 0;
  for (const { channel, column } of places) {
    let model = mean === undefined ? 0 : mean[channel];
    for (let j = 0; j < components; j++) model += maps.data[j * size + pixel] * spectra.data[j * channels + channel];
    residual += (values[column] - model) ** 2;
    signal += values[column] ** 2;
    expected += Math.max(0, model);
  }
  if (typeof reference === "number") return { residual, signal, noise: reference };
  const noise = reference === "poisson" ? Math.sqrt(expected / places.length) : differenceNoise(values, places);
  return { residual, signal, noise };
}

/** Standard deviation of white noise from the median of |x(c-1) - 2 x(c) + x(c+1)|, which has sqrt(6) times that. */
function differenceNoise(values: Float32Array, places: readonly Place[]): number {
  const bends: number[] = [];
  for (let i = 1; i < places.length - 1; i++) {
    const [a, b, c] = [places[i - 1], places[i], places[i + 1]];
    if (c.channel - a.channel === 2) bends.push(Math.abs(values[a.column] - 2 * values[b.column] + values[c.column]));
  }
  return (median(Float64Array.from(bends)) * MEDIAN_TO_DEVIATION) / Math.sqrt(6);
}
