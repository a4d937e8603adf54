import { SpecbookError } from "../core/errors";

/**
 * Counts scaled so that their noise has variance 1 everywhere: each value over the root of what the mean spectrum and the
 * mean image together expect there (M. R. Keenan and P. G. Kotula, Surface and Interface Analysis 36, 203 (2004),
 * doi:10.1002/sia.1657). Rows and columns without counts stay 0. A matrix of rank k keeps its rank.
 *
 * @param data [pixels, channels], at least 0
 * @throws DataError for a value below 0, or where all are 0
 */
export function poissonWeighted(data: Float32Array, channels: number): Float32Array {
  const pixels = data.length / channels;
  const image = new Float64Array(pixels);
  const spectrum = new Float64Array(channels);
  let total = 0;
  let negative = 0;
  for (let i = 0; i < data.length; i++) {
    if (data[i] < 0) negative++;
    image[Math.floor(i / channels)] += data[i];
    spectrum[i % channels] += data[i];
    total += data[i];
  }
  if (negative > 0 || !(total > 0)) {
    throw new SpecbookError("DataError", "these data are no counts with Poisson noise", {
      got: negative > 0 ? `${negative} negative of ${data.length} values` : `${data.length} values, all 0`,
      needed: "counts, or data proportional to counts, of at least 0",
      remedy: 'leave weighting out, or give the counts before any background was subtracted: { weighting: "poisson" }',
    });
  }
  return data.map((value, i) => {
    const expected = (image[Math.floor(i / channels)] * spectrum[i % channels]) / total;
    return expected > 0 ? value / Math.sqrt(expected) : 0;
  });
}
