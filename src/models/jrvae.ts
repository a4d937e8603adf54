import { SpecbookError } from "../core";
import { givenOptions } from "./given-options";
import type { ModelBase } from "./model";
import { initialParameters } from "./parameter-spec";
import type { PoseOptions } from "./pose-options";
import { checkRvae, RVAE_DEFAULTS, type RvaeOptions } from "./rvae";
import { rvaeSpecs } from "./rvae-network";
import { type Capacity, checkKl, type LikelihoodOptions } from "./variational-options";

/** Options of `jrvae`. */
export interface JrvaeOptions extends PoseOptions, LikelihoodOptions, Omit<RvaeOptions, "beta" | "capacity"> {
  /** Number of classes; a list for several independent ones. Default 2. */
  readonly classes?: number | readonly number[];
  /**
   * How soft the classes are while training (Gumbel-softmax, Jang, Gu & Poole 2017, arXiv:1611.01144): near 0 a sample
   * is of one class, above 1 of all. Default 0.67.
   */
  readonly temperature?: number;
  /** Capacity of pose and content latents together. Default 5 nats within 25,000 steps, gamma 30. */
  readonly capacity?: Capacity;
  /** Capacity of the classes; never above the sum of ln(classes). Default 5 nats within 25,000 steps, gamma 30. */
  readonly classCapacity?: Capacity;
}

/** The options of a jrVAE with their defaults. */
export type ResolvedJrvaeOptions = Readonly<
  Required<Omit<JrvaeOptions, "spectrum" | "classes">> & { readonly classes: readonly number[] }
>;

/** A variational autoencoder of image windows with pose, continuous content and discrete classes. */
export interface JrvaeModel extends ModelBase {
  readonly kind: "jrvae";
  readonly options: ResolvedJrvaeOptions;
}

/** AtomAI's capacity of either kind of latent. */
const CAPACITY: Capacity = Object.freeze({ largest: 5, steps: 25_000, gamma: 30 });

/**
 * Makes a rotationally (and translationally) invariant variational autoencoder with discrete classes beside the
 * continuous latents, with seeded first weights: it sorts image windows while it learns to draw them.
 *
 * The network of `rvae`, whose encoder has one more linear layer with softmax for each discrete latent, and whose decoder
 * gets a relaxed sample of the class behind the content latents. Both KL divergences are held at capacities that grow,
 * so that neither kind of latent does the other's work (Dupont 2018, arXiv:1804.00104). With `deviation: 1` it is AtomAI's
 * jrVAE with "mse". `posterior` gives the probabilities of the classes; `decode` takes points [n, latent + classes], the
 * content latents and then 1 for the class to draw and 0 for the others.
 *
 * The capacity of the classes is that of each sample by itself: it is also met where all samples are in one class. Where
 * that happens, lower `classCapacity.gamma` (1 instead of 30), so that the misfit decides.
 *
 * @throws OptionError for sizes and options that do not fit each other
 * @example
 * const model = jrvae({ ...shapes(samples), latent: 2, classes: 4, seed: 1 });
 * await fit(model, samples, { epochs: 100, batch: 100, learningRate: 1e-4 });
 * const { classes, angle } = await posterior(model, samples);
 */
export function jrvae(options: JrvaeOptions): JrvaeModel {
  const { spectrum: _, classes = 2, ...given } = options;
  const resolved: ResolvedJrvaeOptions = Object.freeze({
    ...RVAE_DEFAULTS,
    temperature: 0.67,
    capacity: CAPACITY,
    classCapacity: CAPACITY,
    ...givenOptions(given),
    classes: Object.freeze(typeof classes === "number" ? [classes] : [...classes]),
  });
  checkRvae("jrvae", { ...resolved, beta: 1 });
  checkKl("jrvae", { capacity: resolved.classCapacity });
  checkClasses(resolved);
  return {
    kind: "jrvae",
    options: resolved,
    parameters: initialParameters(rvaeSpecs(resolved, resolved.classes), resolved.seed),
  };
}

function checkClasses({ classes, temperature }: ResolvedJrvaeOptions): void {
  if (classes.length === 0 || classes.some((count) => !Number.isInteger(count) || count < 2)) {
    throw new SpecbookError("OptionError", "jrvae cannot tell these classes apart", {
      got: `classes: ${JSON.stringify(classes)}`,
      needed: "a whole number of at least 2, or a list of such numbers",
      remedy: "for example classes: 4; without classes take rvae",
    });
  }
  if (Number.isFinite(temperature) && temperature > 0) return;
  throw new SpecbookError("OptionError", "jrvae cannot use this temperature", {
    got: `temperature: ${temperature}`,
    needed: "a positive number",
    remedy: "leave it out for 0.67",
  });
}
