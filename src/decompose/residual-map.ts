import { refusedOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { createPace, type LongWorkOptions } from "../core/pace";
import { addHistory, type Image, image, type SpectrumSource } from "../data";
import { checkDecomposition, type Decomposition } from "./decomposition";
import { type NoiseReference, type PixelResidual, pixelResiduals } from "./pixel-residuals";
import { isSource, type SpectraInput, scanMatrix } from "./scan-matrix";
import { sourceMatrix } from "./source-matrix";

/** Options of `residualMap`. */
export interface ResidualOptions extends LongWorkOptions {
  /**
   * `"differences"`: from the second differences of each spectrum, whose median tells the noise where the spectrum is smooth
   * and the noise independent from channel to channel; `"poisson"`: the root of the model, for counts; or a known standard
   * deviation in the units of the data. Default "differences".
   */
  readonly noise?: NoiseReference;
  /** Rows of a source that are read at once; without effect on the result. Default: as many as fill 64 MiB. */
  readonly block?: number;
}

/** What a decomposition leaves of each spectrum, beside its noise. */
export interface ResidualMap {
  readonly kind: "residual-map";
  /** Root mean square residual over the channels of each pixel, in the units of the data. */
  readonly error: Image;
  /** |x - model| / |x| of each pixel; infinite where there is no signal but a model. */
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

/**
 * The reconstruction error of each pixel of a decomposition, and what noise alone would leave. k components of C channels
 * fit a share k / C of the noise as well, so that the ratio of a perfect model lies a little below 1.
 *
 * Pixels and channels that were left out of the decomposition are NaN and count nothing.
 *
 * @throws OptionError, ShapeError for spectra of another size than the result's, DataError
 * @example
 * plot.residualMap(await residualMap(await nmf(spectra, { components: 4 }), spectra))
 */
export async function residualMap(
  result: Decomposition,
  spectra: SpectraInput | SpectrumSource,
  options: ResidualOptions = {},
): Promise<ResidualMap> {
  const { noise = "differences", block } = options;
  checkDecomposition("residualMap", result);
  if (noise !== "differences" && noise !== "poisson" && !(typeof noise === "number" && noise > 0)) {
    throw refusedOption("residualMap", "noise", noise, '"differences", "poisson" or a standard deviation above 0');
  }
  const matrix = isSource(spectra)
    ? sourceMatrix(spectra, undefined, { remedy: REMEDY, allowMissing: true }, block)
    : scanMatrix(spectra, undefined, { missing: "ignore", remedy: REMEDY });
  checkSizes(result, matrix.axes);
  const [k, rows, columns] = result.maps.shape;
  const pace = createPace("the residual map", options);
  const residuals: PixelResidual[] = [];
  for await (const one of pixelResiduals(result, matrix, noise)) {
    residuals.push(one);
    if (residuals.length % 64 === 0) await pace.step();
  }
  if (residuals.length === 0) {
    throw new SpecbookError("DataError", "the decomposition and the spectra share no value", {
      got: "NaN in one or the other everywhere",
      needed: "pixels and channels that both have",
      remedy: REMEDY,
    });
  }
  const map = (title: string, value: (residual: PixelResidual) => number): Image => {
    const data = new Float32Array(rows * columns).fill(Number.NaN);
    for (const one of residuals) data[one.pixel] = value(one);
    return image(data, [rows, columns], {
      axes: { y: result.axes.y, x: result.axes.x },
      metadata: { ...result.metadata, title },
      history: addHistory(result.history, "residualMap", { noise }),
    });
  };
  const known = residuals.filter((one) => Number.isFinite(one.noise));
  const sum = (value: (residual: PixelResidual) => number, of = residuals) =>
    of.reduce((total, one) => total + value(one), 0);
  const overall = {
    error: Math.sqrt(sum((one) => one.residual) / sum((one) => one.count)),
    noise: Math.sqrt(sum((one) => one.noise ** 2, known) / known.length),
  };
  const error = ({ residual, count }: PixelResidual) => Math.sqrt(residual / count);
  return Object.freeze({
    kind: "residual-map",
    error: map("Residual", error),
    relative: map("Relative residual", ({ residual, signal }) => (residual === 0 ? 0 : Math.sqrt(residual / signal))),
    noise: map("Noise", (one) => one.noise),
    ratio: map("Residual / noise", (one) => (one.noise > 0 ? error(one) / one.noise : Number.NaN)),
    overall: Object.freeze({
      ...overall,
      relative: Math.sqrt(sum((one) => one.residual) / sum((one) => one.signal)),
      ratio: overall.error / overall.noise,
    }),
    method: result.kind,
    components: k,
    reference: noise,
  });
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
