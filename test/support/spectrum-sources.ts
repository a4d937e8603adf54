import type { SpectrumImage, SpectrumSource } from "../../src/data";

/** A source that gives the rows of a spectrum image, and counts how often each is asked for. */
export function sourceOf(spectra: SpectrumImage, options: { onRead?: (first: number, end: number) => void } = {}) {
  const { shape, axes, metadata, history, data } = spectra;
  const reads = new Int32Array(shape[0]);
  const row = shape[1] * shape[2];
  const source: SpectrumSource = {
    kind: "spectrum-source",
    shape,
    axes,
    metadata,
    history,
    readRows: async (first, end) => {
      options.onRead?.(first, end);
      for (let y = first; y < end; y++) reads[y]++;
      return data.slice(first * row, end * row);
    },
  };
  return { source, reads };
}
