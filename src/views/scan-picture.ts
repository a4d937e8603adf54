import type { Samples } from "../data";

/**
 * The scan that samples were cut from, [rows * columns]: the first image channel put together from the windows, or the
 * mean of each spectrum; NaN where no sample reaches. In the units of the data.
 */
export function scanPicture(samples: Samples): Float32Array {
  const picture = new Float32Array(samples.scan[0] * samples.scan[1]).fill(Number.NaN);
  if ("images" in samples) joinWindows(samples, picture);
  else meanSpectra(samples, picture);
  return picture;
}

function joinWindows(
  { images, positions, scan: [rows, columns], scaling }: Extract<Samples, { images: unknown }>,
  picture: Float32Array,
): void {
  const [count, height, width, channels] = images.shape;
  const { offset, range } = scaling.images;
  const [up, left] = [Math.floor(height / 2), Math.floor(width / 2)];
  for (let i = 0; i < count; i++) {
    for (let y = 0; y < height; y++) {
      const row = positions[2 * i] - up + y;
      if (row < 0 || row >= rows) continue;
      for (let x = 0; x < width; x++) {
        const column = positions[2 * i + 1] - left + x;
        if (column < 0 || column >= columns) continue;
        picture[row * columns + column] = offset + range * images.data[((i * height + y) * width + x) * channels];
      }
    }
  }
}

function meanSpectra(
  { spectra, positions, scan, scaling }: Extract<Samples, { spectra: unknown }>,
  picture: Float32Array,
): void {
  const [count, channels] = spectra.shape;
  const { offset, range } = scaling.spectra;
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += spectra.data[i * channels + c];
    picture[positions[2 * i] * scan[1] + positions[2 * i + 1]] = offset + (range * sum) / channels;
  }
}
