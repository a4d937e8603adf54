import { architectureOf } from "./kinds";
import type { Model } from "./model";

/** What the points are made of that `decode` takes. */
export interface LatentLayout {
  /** Continuous latents, first in each point. */
  readonly latent: number;
  /** Numbers behind the latents: one for each discrete class, 0 for none. */
  readonly classes: number;
  /** Sizes of the groups that the classes form: of each group one number is 1, that of the class decoded, the others 0. */
  readonly groups: readonly number[];
  /** Whether the latents were held to a standard normal prior. */
  readonly variational: boolean;
}

/** The layout of a model's latent points. */
export function latentLayout(model: Model): LatentLayout {
  const architecture = architectureOf(model);
  const [size] = architecture.latentShape(model);
  const groups = model.kind === "jrvae" ? model.options.classes : [];
  const classes = groups.reduce((sum, group) => sum + group, 0);
  return { latent: size - classes, classes, groups, variational: architecture.posterior !== undefined };
}
