import type { Pace } from "../core/pace";
import type { FloatArray, Pairs } from "../data";
import { decode, dualSides, encode, type Model, predict } from "../models";
import { descend } from "../models/descend";
import { nearestRows, type RowSet } from "./nearest-rows";

/** What a search is given; spectra and images in scaled units. */
export interface DesignWork {
  readonly model: Model;
  readonly pairs: Pairs;
  readonly scaled: Float32Array;
  readonly weights: Float32Array;
  readonly pace: Pace;
  readonly options: {
    readonly space: "latent" | "image";
    readonly by: "predicted" | "measured";
    readonly starts: number;
    readonly steps: number;
    readonly learningRate: number;
    readonly bounded: boolean;
    readonly proximity: number;
    readonly nearest: number;
    readonly signal?: AbortSignal;
  };
}

/** The design and the real samples in one space. */
export interface DesignSpace {
  readonly name: "latent" | "pixels" | "spectra";
  readonly point: Float32Array;
  readonly samples: RowSet;
}

/** What a search finds; spectra and images in scaled units. */
export interface DesignFound {
  readonly spectrum: Float32Array;
  readonly image: Float32Array;
  readonly latent?: Float32Array;
  /** Indices of the real samples nearest to the design. */
  readonly examples: readonly number[];
  /** The design and the real samples in the spaces in which distances are taken. */
  readonly spaces: readonly DesignSpace[];
  /** Index of a sample that is the design itself. */
  readonly self?: number;
  readonly predicted?: FloatArray;
  readonly trace?: Float64Array;
}

/** The rows of an array whose first axis is the sample. */
export function rowsOf({ data, shape }: FloatArray): RowSet & { readonly data: Float32Array } {
  return { data, count: shape[0], size: data.length / shape[0] };
}

const row = ({ data, size }: { data: Float32Array; size: number }, i: number) => data.slice(i * size, (i + 1) * size);

/** The real image whose predicted (or measured) spectrum comes nearest. */
export async function nearestDesign(work: DesignWork): Promise<DesignFound> {
  const { model, pairs, options } = work;
  const predicted = await predict(model, pairs, options);
  const chosen = byMisfit(work, options.by === "measured" ? pairs.spectra : predicted, options.nearest);
  const latents = rowsOf(await encode(model, pairs, options));
  const [best] = chosen;
  return {
    spectrum: row(rowsOf(predicted), best),
    image: row(rowsOf(pairs.images), best),
    latent: row(latents, best),
    examples: chosen,
    spaces: [{ name: "latent", point: row(latents, best), samples: latents }],
    self: best,
    predicted,
  };
}

/** The latent point, or the image, to which the gradient of the misfit leads from the best real images. */
export async function gradientDesign(work: DesignWork): Promise<DesignFound> {
  const { model, pairs, scaled, weights, pace, options } = work;
  const { space, nearest, learningRate, bounded, proximity } = options;
  const predicted = await predict(model, pairs, options);
  const starts = byMisfit(work, predicted, Math.min(options.starts, pairs.images.shape[0]));
  const latents = await encode(model, pairs, options);
  const from = space === "latent" ? latents : pairs.images;
  const samples = rowsOf(from);
  const shape = [starts.length, ...from.shape.slice(1)];
  const start = { data: Float32Array.from(starts.flatMap((i) => [...row(samples, i)])), shape };
  const spans = space === "latent" ? columnSpans(samples) : wholeSpan(samples);
  const { points, losses, trace } = await descend(model, {
    ...{ start, target: scaled, weights, steps: options.steps, pace },
    space: space === "latent" ? "latent" : "input",
    rates: spans.deviation.map((s) => learningRate * s),
    ...(bounded ? { bounds: spans } : {}),
    proximity: space === "latent" ? 0 : proximity,
  });
  const best = losses.indexOf(losses.reduce((a, b) => Math.min(a, b)));
  const point = row(rowsOf(points), best);
  const image = { data: point, shape: [1, ...shape.slice(1)] };
  const latent = space === "latent" ? point : (await encode(model, image, options)).data;
  const near = nearestRows(samples, point, nearest).map(({ index }) => index);
  return {
    spectrum: (await decode(model, { data: latent, shape: [1, latent.length] }, options)).data,
    image: space === "latent" ? meanOf(rowsOf(pairs.images), near) : point,
    latent,
    spaces: [
      { name: "latent", point: latent, samples: rowsOf(latents) },
      ...(space === "latent" ? [] : [{ name: "pixels", point, samples } as const]),
    ],
    ...{ examples: near, predicted, trace },
  };
}

/** What a model that reads spectra makes of the wanted one. */
export async function encodedDesign(work: DesignWork): Promise<DesignFound> {
  const { model, pairs, scaled, options } = work;
  const wanted = { data: scaled, shape: [1, scaled.length] };
  const near = byMisfit(work, pairs.spectra, options.nearest);
  return {
    spectrum: meanOf(rowsOf(pairs.spectra), near),
    ...(await imageOf(model, wanted, options)),
    examples: near,
    spaces: [{ name: "spectra", point: scaled, samples: rowsOf(pairs.spectra) }],
  };
}

/** Image and latent point of a spectrum; a dual VAE goes from its spectrum side to its image side. */
async function imageOf(model: Model, spectrum: FloatArray, options: DesignWork["options"]) {
  if (model.kind !== "dual-vae") {
    const latent = await encode(model, spectrum, options);
    return { image: (await predict(model, spectrum, options)).data, latent: latent.data };
  }
  const sides = dualSides(model);
  const latent = await encode(sides.spectrum, spectrum, options);
  return { image: (await decode(sides.image, latent, options)).data, latent: latent.data };
}

/** Samples of least weighted squared difference from the wanted spectrum, the best first. */
function byMisfit({ scaled, weights }: DesignWork, spectra: FloatArray, count: number): number[] {
  const { data, size, count: n } = rowsOf(spectra);
  const misfit = Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let c = 0; c < size; c++) sum += weights[c] * (data[i * size + c] - scaled[c]) ** 2;
    return sum;
  });
  return Array.from(misfit.keys())
    .sort((a, b) => misfit[a] - misfit[b])
    .slice(0, count);
}

function meanOf({ data, size }: RowSet, indices: readonly number[]): Float32Array {
  return Float32Array.from({ length: size }, (_, k) =>
    indices.reduce((sum, i) => sum + data[i * size + k] / indices.length, 0),
  );
}

/** Least and largest value, and standard deviation, of each column. */
function columnSpans({ data, count, size }: RowSet) {
  const all = Array.from({ length: size }, (_, j) =>
    spanOf(Float64Array.from({ length: count }, (__, i) => data[i * size + j])),
  );
  return { low: all.map((s) => s.low), high: all.map((s) => s.high), deviation: all.map((s) => s.deviation) };
}

/** The same of all values together, for each column. */
function wholeSpan({ data, size }: RowSet) {
  const { low, high, deviation } = spanOf(data);
  const each = (value: number) => new Array<number>(size).fill(value);
  return { low: each(low), high: each(high), deviation: each(deviation) };
}

function spanOf(values: ArrayLike<number>): { low: number; high: number; deviation: number } {
  let [low, high, sum, squares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
    sum += values[i];
    squares += values[i] ** 2;
  }
  const mean = sum / values.length;
  return { low, high, deviation: Math.sqrt(Math.max(0, squares / values.length - mean ** 2)) };
}
