import { SpecbookError } from "../core/errors";
import { isHeld, type ScanMatrix, type SpectraMatrix } from "./scan-matrix";

/**
 * Counts scaled so that their noise has variance 1 everywhere: each value over the root of what the mean spectrum and the
 * mean image together expect there (M. R. Keenan and P. G. Kotula, Surface and Interface Analysis 36, 203 (2004),
 * doi:10.1002/sia.1657). Pixels and channels without counts stay 0. A matrix of rank k keeps its rank.
 *
 * @throws DataError for a value below 0, or where all are 0
 */
export async function poissonWeighted(matrix: SpectraMatrix): Promise<SpectraMatrix | ScanMatrix> {
  const { channels } = matrix;
  const { image, spectrum, total } = await expectations(matrix);
  const weigh = (data: Float32Array, first: number) =>
    data.map((value, i) => {
      const expected = (image[first + Math.floor(i / channels)] * spectrum[i % channels]) / total;
      return expected > 0 ? value / Math.sqrt(expected) : 0;
    });
  if (isHeld(matrix)) {
    const data = weigh(matrix.data, 0);
    return {
      ...matrix,
      data,
      pieces: async function* () {
        yield data;
      },
    };
  }
  return {
    ...matrix,
    pieces: async function* () {
      let first = 0;
      for await (const piece of matrix.pieces()) {
        yield weigh(piece, first);
        first += piece.length / channels;
      }
    },
  };
}

interface Expectations {
  readonly image: Float64Array;
  readonly spectrum: Float64Array;
  readonly total: number;
}

/** Sums over the channels of each pixel, over the pixels of each channel, and over all. */
async function expectations(matrix: SpectraMatrix): Promise<Expectations> {
  const { pixels, channels } = matrix;
  const image = new Float64Array(pixels);
  const spectrum = new Float64Array(channels);
  let total = 0;
  let negative = 0;
  let first = 0;
  for await (const piece of matrix.pieces()) {
    for (let i = 0; i < piece.length; i++) {
      if (piece[i] < 0) negative++;
      image[first + Math.floor(i / channels)] += piece[i];
      spectrum[i % channels] += piece[i];
      total += piece[i];
    }
    first += piece.length / channels;
  }
  if (negative === 0 && total > 0) return { image, spectrum, total };
  throw new SpecbookError("DataError", "these data are no counts with Poisson noise", {
    got: negative > 0 ? `${negative} negative of ${pixels * channels} values` : `${pixels * channels} values, all 0`,
    needed: "counts, or data proportional to counts, of at least 0",
    remedy: 'leave weighting out, or give the counts before any background was subtracted: { weighting: "poisson" }',
  });
}
