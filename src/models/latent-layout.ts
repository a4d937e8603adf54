import { architectureOf } from "./kinds";
import type { Model } from "./model";

/** What the points are made of that `decode` takes. */
export interface LatentLayout {
  /** Continuous latents, first in each point. */
  readonly latent: number;
  /** Discrete classes: one number each behind the latents, 1 for the class decoded and 0 for the others. 0 for none. */
  readonly classes: number;
  /** Whether the latents were held to a standard normal prior. */
  readonly variational: boolean;
}

/** The layout of a model's latent points. */
export function latentLayout(model: Model): LatentLayout {
  const architecture = architectureOf(model);
  const [size] = architecture.latentShape(model);
  const latent = "latent" in model.options ? model.options.latent : size;
  return { latent, classes: size - latent, variational: architecture.posterior !== undefined };
}
