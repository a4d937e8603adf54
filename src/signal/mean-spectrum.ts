import type { SpectrumImage } from "../data";

/** Mean over the pixels whose value is finite, channel by channel; NaN where there is none. */
export function meanSpectrum({ data, shape }: SpectrumImage): Float32Array {
  const channels = shape[2];
  const sum = new Float64Array(channels);
  const count = new Float64Array(channels);
  for (let start = 0; start < data.length; start += channels) {
    for (let c = 0; c < channels; c++) {
      const value = data[start + c];
      if (!Number.isFinite(value)) continue;
      sum[c] += value;
      count[c]++;
    }
  }
  return Float32Array.from(sum, (value, c) => value / count[c]);
}
