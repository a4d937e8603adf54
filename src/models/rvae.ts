import { SpecbookError } from "../core";
import { givenOptions } from "./given-options";
import type { ModelBase } from "./model";
import { madeFromData } from "./option-errors";
import { initialParameters } from "./parameter-spec";
import { checkPose, POSE_DEFAULTS, type PoseOptions } from "./pose-options";
import { rvaeSpecs } from "./rvae-network";
import { checkKl, checkLikelihood, type KlOptions, type LikelihoodOptions } from "./variational-options";

/** Options of `rvae`. */
export interface RvaeOptions extends PoseOptions, LikelihoodOptions, KlOptions {
  /** [height, width, channels] of an image window. */
  readonly image: readonly [number, number, number];
  /** Not used: there so that `...shapes(pairs)` can be spread. */
  readonly spectrum?: number;
  /** Size of the latent space of the content, without the pose. Default 2. */
  readonly latent?: number;
  /** Hidden layers of the encoder and of the decoder. Default 2. */
  readonly layers?: number;
  /** Units of a hidden layer. Default 128. */
  readonly hidden?: number;
  /** Seed of the first weights. Default 0. */
  readonly seed?: number;
  /** Residual paths from the latents to every layer of the decoder (Dieng et al. 2019, arXiv:1807.04863). Default false. */
  readonly skip?: boolean;
  /** A logistic function on the output, for data from 0 to 1; a Bernoulli likelihood always has it. Default false. */
  readonly sigmoid?: boolean;
}

/** The options of an rVAE with their defaults. */
export type ResolvedRvaeOptions = Readonly<
  Required<Omit<RvaeOptions, "spectrum" | "capacity">> & Pick<RvaeOptions, "capacity">
>;

/** What `rvae` and `jrvae` take where they are told nothing. */
export const RVAE_DEFAULTS = {
  latent: 2,
  layers: 2,
  hidden: 128,
  seed: 0,
  skip: false,
  sigmoid: false,
  likelihood: "gaussian",
  deviation: "optimal",
  ...POSE_DEFAULTS,
} as const;

/** A variational autoencoder of image windows that encodes orientation and position apart from the content. */
export interface RvaeModel extends ModelBase {
  readonly kind: "rvae";
  readonly options: ResolvedRvaeOptions;
}

/**
 * Makes a rotationally (and translationally) invariant variational autoencoder with seeded first weights: image window
 * -> angle, shift and content latents -> the same window.
 *
 * Encoder: fully connected layers with tanh; mean and log deviation by a linear layer each. Decoder: a network that
 * gives the value at a point, asked at the pixel coordinates turned by the angle and moved by the shift, so that the
 * content latents need not tell orientations apart (Bepler et al. 2019, arXiv:1909.11663; AtomAI's rVAE, Ziatdinov et
 * al. 2022, doi:10.1038/s42256-022-00555-8). With `deviation: 1` it is AtomAI's rVAE with "mse" (`shift` is its
 * `translation`), with `likelihood: "bernoulli"` the one with "ce"; `{ angleKl: "normal", anglePrior: 1, likelihood:
 * "bernoulli" }` has the loss of pyroVED's iVAE with invariances ["r", "t"].
 *
 * `posterior` gives the angle by which the object is turned counter-clockwise, and the shift; `decode` draws at angle 0
 * and shift 0; `predict` draws each sample in its own pose.
 *
 * @throws OptionError for sizes and options that do not fit each other
 * @example
 * const samples = imageWindows(maps.map((map) => rescale(map)), { size: 10, scale: "none" });
 * const model = rvae({ ...shapes(samples), latent: 2, seed: 1 });
 * await fit(model, samples, { epochs: 100, batch: 100, learningRate: 1e-4 });
 * const { mean, angle } = await posterior(model, samples);
 */
export function rvae(options: RvaeOptions): RvaeModel {
  const { spectrum: _, ...given } = options;
  const resolved: ResolvedRvaeOptions = Object.freeze({
    ...RVAE_DEFAULTS,
    beta: 1,
    ...givenOptions(given),
  });
  checkRvae("rvae", resolved);
  return { kind: "rvae", options: resolved, parameters: initialParameters(rvaeSpecs(resolved), resolved.seed) };
}

/** Throws unless the options describe a network that can be built. */
export function checkRvae(kind: string, o: ResolvedRvaeOptions): void {
  const counts: [string, number][] = [
    ["image height", o.image?.[0]],
    ["image width", o.image?.[1]],
    ["image channels", o.image?.[2]],
    ["latent", o.latent],
    ["layers", o.layers],
    ["hidden", o.hidden],
  ];
  const wrong = counts.find(([, value]) => !Number.isInteger(value) || value < 1);
  if (wrong !== undefined) {
    throw new SpecbookError("OptionError", `${kind} cannot be built with this ${wrong[0]}`, {
      got: `${wrong[0]} ${wrong[1]}`,
      needed: "a whole number of at least 1",
      remedy: `take the sizes from the data: ${madeFromData(kind)}`,
    });
  }
  checkPose(kind, o);
  checkLikelihood(kind, o);
  checkKl(kind, o);
}
