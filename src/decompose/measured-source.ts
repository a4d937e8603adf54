import { wordOption } from "../core/check-option";
import type { Pace } from "../core/pace";
import type { Image, SpectrumSource } from "../data";
import type { ValueCheck } from "../data/check-values";
import { createTally } from "./missing";
import {
  isSource,
  type ScanCheck,
  type SpectraInput,
  type SpectraMatrix,
  scanMatrix,
  spectraMatrix,
} from "./scan-matrix";
import { sourceMatrix } from "./source-matrix";

/** Lays spectra out as a matrix: those in memory, or of a source; without what was not measured where that is ignored. */
export async function decomposable(
  spectra: SpectraInput | SpectrumSource,
  mask: Image | ArrayLike<number> | undefined,
  { missing = "refuse", later, ...check }: ScanCheck,
  reading: { readonly block?: number; readonly pace: Pace },
): Promise<SpectraMatrix> {
  wordOption("the decomposition", "missing", missing, ["refuse", "ignore"]);
  if (!isSource(spectra)) return scanMatrix(spectra, mask, { ...check, missing, later });
  if (missing === "ignore") return measuredSource(spectra, mask, check, reading);
  return sourceMatrix(spectra, mask, check, reading.block);
}

/**
 * The spectra of a source without the pixels and channels that are NaN throughout; single missing values stay NaN in the
 * pieces, and are told of in `gaps`. A first pass through the data finds them, and checks the values.
 *
 * @throws DataError where nothing was measured, or a value cannot be used; CancelledError
 */
async function measuredSource(
  source: SpectrumSource,
  mask: Image | ArrayLike<number> | undefined,
  check: Pick<ValueCheck, "nonNegative" | "remedy">,
  { block, pace }: { readonly block?: number; readonly pace: Pace },
): Promise<SpectraMatrix> {
  const whole = sourceMatrix(source, mask, { ...check, allowMissing: true }, block);
  const tally = createTally(whole.pixels, whole.channels);
  for await (const piece of whole.pieces()) {
    tally.add(piece);
    await pace.step();
  }
  const { pixels, channels, missing, means } = tally.measured();
  if (missing === 0) return whole;
  const inDead = whole.pixels * whole.channels - pixels.length * channels.length;
  const index = pixels.map((pixel) => whole.places.index[pixel]);
  return {
    ...spectraMatrix(source, index, channels),
    ...(missing > inDead ? { gaps: { count: missing - inDead, means } } : {}),
    pieces: () => kept(whole, pixels, channels),
  };
}

/** The pieces of a matrix with some of its pixels and channels only. */
async function* kept(whole: SpectraMatrix, pixels: Int32Array, channels: Int32Array): AsyncGenerator<Float32Array> {
  let first = 0; // pixel of the piece
  let next = 0; // kept pixel
  for await (const piece of whole.pieces()) {
    const end = first + piece.length / whole.channels;
    const begin = next;
    while (next < pixels.length && pixels[next] < end) next++;
    const result = new Float32Array((next - begin) * channels.length);
    let at = 0;
    for (const pixel of pixels.subarray(begin, next)) {
      const start = (pixel - first) * whole.channels;
      for (const channel of channels) result[at++] = piece[start + channel];
    }
    if (next > begin) yield result;
    first = end;
  }
}
