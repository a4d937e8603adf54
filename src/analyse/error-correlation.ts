import { countOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { createPace, type LongWorkOptions, type Pace } from "../core/pace";
import { createRandom, type Random } from "../core/random";
import type { Image, Samples } from "../data";
import { latentLayout, type Model } from "../models";
import { pearson, pixelsOfBoth, ranks } from "./correlation";
import { errors } from "./error-analysis";
import type { ErrorAnalysis } from "./results";

/** One model, or its error analysis, and its latent size. */
export type CorrelatedErrors =
  | { readonly errors: ErrorAnalysis; readonly latent: number; readonly name?: string }
  | { readonly model: Model; readonly samples: Samples; readonly latent?: number; readonly name?: string };

/** Options of `errorCorrelation`. */
export interface ErrorCorrelationOptions extends LongWorkOptions {
  /** Resamplings behind the intervals. Default 400. */
  readonly bootstrap?: number;
  /** Side in scan pixels of the blocks that are drawn as one, because neighbouring pixels are alike. Default 8. */
  readonly block?: number;
  /** Seed of the resampling. Default 0. */
  readonly seed?: number;
  /**
   * The errors that are left to a perfect model, of which the correlation is told as well: of simulated data
   * `errorsOf(clean.spectra, pairs)`, where `clean` are the pairs without noise in the scaling of the others.
   */
  readonly floor?: ErrorAnalysis;
}

/** A number with the interval that holds it in 95 % of the resamplings. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** How the errors of one model go with the image. */
export interface ErrorCorrelationRow {
  readonly name: string;
  readonly latent: number;
  /** Pearson correlation coefficient of error map and image. */
  readonly pearson: Estimate;
  /** Spearman rank correlation coefficient. */
  readonly spearman: Estimate;
  /** Mean squared difference of error map and image, each brought to 0-1 over the pixels compared. */
  readonly mse: number;
  /** Mean error of the samples. */
  readonly meanError: number;
}

/** Correlation of error maps with an image against the latent size. */
export interface ErrorCorrelation {
  readonly kind: "error-correlation";
  /** Smallest latent size first. */
  readonly rows: readonly ErrorCorrelationRow[];
  /** The same of `floor`, where it was given; its name is "noise alone". */
  readonly floor?: Omit<ErrorCorrelationRow, "latent">;
  /** Name of the image's signal. */
  readonly image: string;
  /** Pixels compared in each row. */
  readonly pixels: number;
  readonly options: { readonly bootstrap: number; readonly block: number; readonly seed: number };
  /** A table of the rows as text. */
  readonly summary: string;
}

/**
 * How the error maps of models go with an image of the same scan (HAADF, mean signal), for several latent sizes:
 * correlation coefficients with intervals from a bootstrap over blocks of pixels, and the mean squared difference of
 * the two, each scaled to 0-1 (the figure S3 of doi:10.1002/smll.202100181).
 *
 * @throws ShapeError (image of another scan), OptionError, NotFittedError, CancelledError
 * @example
 * const found = await errorCorrelation([2, 5, 10].map((latent, i) => ({ model: models[i], samples: pairs })), image);
 * plot.errorCorrelation(found)
 */
export async function errorCorrelation(
  list: readonly CorrelatedErrors[],
  image: Image,
  options: ErrorCorrelationOptions = {},
): Promise<ErrorCorrelation> {
  const { bootstrap = 400, block = 8, seed = 0 } = options;
  countOption("errorCorrelation", "bootstrap", bootstrap);
  countOption("errorCorrelation", "block", block);
  checkList(list);
  const pace = createPace("the error correlation", options);
  const settings = { bootstrap, block, seed, pace };
  const rows: ErrorCorrelationRow[] = [];
  let pixels = 0;
  for (const one of list) {
    const found = "errors" in one ? one.errors : await errors(one.model, one.samples, options);
    const latent = one.latent ?? latentOf(one as { model: Model });
    const name = one.name ?? `${latent} latent${latent === 1 ? "" : "s"}`;
    const { pixels: count, ...measured } = await correlate(found, image, settings);
    pixels = count;
    rows.push(Object.freeze({ name, latent, ...measured }));
  }
  const floor = options.floor === undefined ? undefined : await floorOf(options.floor, image, settings);
  rows.sort((a, b) => a.latent - b.latent);
  const { signal, title } = image.metadata;
  const name = typeof signal === "string" ? signal : typeof title === "string" ? title : "HAADF";
  return Object.freeze({
    kind: "error-correlation",
    rows: Object.freeze(rows),
    ...(floor === undefined ? {} : { floor }),
    image: name,
    pixels,
    options: Object.freeze({ bootstrap, block, seed }),
    summary: table(floor === undefined ? rows : [...rows, floor], name),
  });
}

interface Settings {
  readonly bootstrap: number;
  readonly block: number;
  readonly seed: number;
  readonly pace: Pace;
}

/** Coefficients of one error map and the image, their intervals, and the pixels compared. */
async function correlate(found: ErrorAnalysis, image: Image, { bootstrap, block, seed, pace }: Settings) {
  const inside = pixelsOfBoth(found.map, image);
  const own = Float64Array.from(inside, (i) => found.map.data[i]);
  const other = Float64Array.from(inside, (i) => image.data[i]);
  const random = createRandom(seed).fork("bootstrap of the error correlation");
  const blocks = blocksOf(inside, found.map.shape[1], block);
  const [rankOwn, rankOther] = [ranks(own), ranks(other)];
  const draws = { pearson: new Float64Array(bootstrap), spearman: new Float64Array(bootstrap) };
  for (let b = 0; b < bootstrap; b++) {
    const drawn = resample(blocks, inside.length, random);
    draws.pearson[b] = pearson(own, other, drawn);
    draws.spearman[b] = pearson(rankOwn, rankOther, drawn);
    await pace.step();
  }
  return {
    pearson: estimate(pearson(own, other), draws.pearson),
    spearman: estimate(pearson(rankOwn, rankOther), draws.spearman),
    mse: scaledDifference(own, other),
    meanError: found.mean,
    pixels: inside.length,
  };
}

async function floorOf(floor: ErrorAnalysis, image: Image, settings: Settings) {
  const { pixels: _, ...measured } = await correlate(floor, image, settings);
  return Object.freeze({ name: "noise alone", ...measured });
}

/** The places in `inside` of each square block of the scan that holds any. */
function blocksOf(inside: Int32Array, columns: number, block: number): number[][] {
  const across = Math.ceil(columns / block);
  const blocks = new Map<number, number[]>();
  for (const [place, pixel] of inside.entries()) {
    const at = Math.floor(Math.floor(pixel / columns) / block) * across + Math.floor((pixel % columns) / block);
    const list = blocks.get(at);
    if (list === undefined) blocks.set(at, [place]);
    else list.push(place);
  }
  return [...blocks.values()];
}

/** Whole blocks drawn with replacement until there are as many pixels. */
function resample(blocks: readonly number[][], count: number, random: Random): Int32Array {
  const drawn = new Int32Array(count);
  let filled = 0;
  while (filled < count) {
    for (const place of blocks[random.integer(blocks.length)]) if (filled < count) drawn[filled++] = place;
  }
  return drawn;
}

function estimate(value: number, draws: Float64Array): Estimate {
  const sorted = draws.filter(Number.isFinite).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  return Object.freeze({ value, low: at(0.025), high: at(0.975) });
}

function scaledDifference(a: Float64Array, b: Float64Array): number {
  const scaled = (values: Float64Array) => {
    const low = values.reduce((x, y) => Math.min(x, y), Number.POSITIVE_INFINITY);
    const high = values.reduce((x, y) => Math.max(x, y), Number.NEGATIVE_INFINITY);
    return values.map((value) => (value - low) / (high - low || 1));
  };
  const [x, y] = [scaled(a), scaled(b)];
  return x.reduce((sum, value, i) => sum + (value - y[i]) ** 2, 0) / x.length;
}

function latentOf({ model }: { readonly model: Model }): number {
  return latentLayout(model).latent;
}

function checkList(list: readonly CorrelatedErrors[]): void {
  if (list.length > 0) return;
  throw new SpecbookError("OptionError", "errorCorrelation has no errors to correlate", {
    got: "an empty list",
    needed: "one model or error analysis at least",
    remedy: "errorCorrelation([{ errors: await errors(model, pairs), latent: 2 }], image)",
  });
}

function table(rows: readonly Omit<ErrorCorrelationRow, "latent">[], image: string): string {
  const range = ({ value, low, high }: Estimate) => `${short(value)} (${short(low)} to ${short(high)})`;
  const lines = rows.map(
    ({ name, pearson: p, spearman: s, mse, meanError }) =>
      `  ${name}: Pearson ${range(p)}, Spearman ${range(s)}, MSE ${short(mse)}, mean error ${(100 * meanError).toPrecision(3)} %`,
  );
  return [`error map against ${image}, with 95 % intervals`, ...lines].join("\n");
}

const short = (value: number) => value.toFixed(3);
