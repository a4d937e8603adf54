import type { DualVaeModel, ResolvedDualVaeOptions } from "./dual-vae";
import type { Parameter } from "./model";
import type { ResolvedRvaeOptions, RvaeModel } from "./rvae";
import type { ResolvedVaeOptions, VaeModel } from "./vae";

/** Where each side's parameters are in a dual VAE. */
export const DUAL_PREFIX = { image: "image.", spectrum: "spectrum.", link: "link" } as const;

/** The two sides of a dual VAE, each a model for all of the library. */
export interface DualSides {
  /** An rVAE of the image windows. */
  readonly image: RvaeModel;
  /** A VAE of the spectra; its mean latents are those after the link, in the space that both sides share. */
  readonly spectrum: VaeModel;
}

/**
 * Each side of a dual VAE as a model of its own, with the data scaling and axes of that side: encode, decode, latent
 * maps, manifolds and all else work on them. Copies: after a further `fit` of the dual VAE, call this again.
 *
 * @example
 * const { image, spectrum } = dualSides(model);
 * plot.manifold(await manifold(spectrum, { grid: [10, 10] }))
 */
export function dualSides(model: DualVaeModel): DualSides {
  const options = dualSideOptions(model.options);
  const { scaling, axes, training } = model;
  const trained = training === undefined ? {} : { training };
  const image: RvaeModel = {
    kind: "rvae",
    options: options.image,
    parameters: parametersUnder(model, DUAL_PREFIX.image),
    ...(scaling?.images === undefined ? {} : { scaling: { images: scaling.images } }),
    ...(axes === undefined ? {} : { axes: { y: axes.y, x: axes.x } }),
    ...trained,
  };
  const spectrum: VaeModel = {
    kind: "vae",
    options: options.spectrum,
    parameters: throughLink(model, parametersUnder(model, DUAL_PREFIX.spectrum)),
    ...(scaling?.spectra === undefined ? {} : { scaling: { spectra: scaling.spectra } }),
    ...(axes === undefined ? {} : { axes }),
    ...trained,
  };
  return Object.freeze({ image, spectrum });
}

/** The options of the two sides. @internal */
export function dualSideOptions(o: ResolvedDualVaeOptions): {
  readonly image: ResolvedRvaeOptions;
  readonly spectrum: ResolvedVaeOptions;
} {
  const { latent, layers, hidden, seed, likelihood, deviation, sigmoid, beta } = o;
  const common = { latent, layers, hidden, seed, likelihood, deviation, sigmoid, beta };
  const { image, rotation, shift, anglePrior, angleKl, shiftPrior } = o;
  return {
    image: Object.freeze({ ...common, image, rotation, shift, anglePrior, angleKl, shiftPrior, skip: false }),
    spectrum: Object.freeze({ ...common, spectrum: o.spectrum, side: "spectra", shift: false, shiftPrior: 0.1 }),
  };
}

function parametersUnder(model: DualVaeModel, prefix: string): Record<string, Parameter> {
  return Object.fromEntries(
    Object.entries(model.parameters)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, p]) => [name.slice(prefix.length), Object.freeze({ ...p, data: p.data.slice() })]),
  );
}

/** The layer of the mean latents with the link behind it: A (W h + b) = (A W) h + A b. */
function throughLink(model: DualVaeModel, parameters: Record<string, Parameter>): Record<string, Parameter> {
  const link = model.parameters[`${DUAL_PREFIX.link}.weight`]?.data;
  if (link === undefined) return parameters;
  const size = model.options.latent;
  for (const name of ["encoder_net.fc11.weight", "encoder_net.fc11.bias"]) {
    const { data } = parameters[name];
    const own = data.slice();
    const columns = data.length / size;
    for (let i = 0; i < data.length; i++) {
      const [row, column] = [Math.floor(i / columns), i % columns];
      data[i] = 0;
      for (let k = 0; k < size; k++) data[i] += link[row * size + k] * own[k * columns + column];
    }
  }
  return parameters;
}
