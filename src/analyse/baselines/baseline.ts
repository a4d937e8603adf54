/** A predictor that anybody can write in five minutes: what a network has to beat. */
export type Baseline =
  /** The mean of the training targets. */
  | { readonly kind: "mean" }
  /** Ridge regression on all values; `alpha` default: chosen on the training set by leave-one-out errors. */
  | { readonly kind: "ridge"; readonly alpha?: number }
  /** Ridge regression on principal components of the input (default 10). */
  | { readonly kind: "pca-ridge"; readonly components?: number; readonly alpha?: number }
  /**
   * Kernel ridge regression, exp(-gamma d^2), on principal components of the input (default 10; not whitened).
   * `gamma` default: 1 / median squared distance of training samples; `alpha` default 0.1.
   */
  | { readonly kind: "kernel-ridge"; readonly components?: number; readonly gamma?: number; readonly alpha?: number }
  /** Mean of the targets of the nearest training inputs (default 5), weighted by 1 / distance. */
  | { readonly kind: "nearest"; readonly neighbours?: number }
  /** The same by scan position alone (default 4), without a look at the input: what it knows, the split leaks. */
  | { readonly kind: "positions"; readonly neighbours?: number }
  /**
   * Principal components of the target itself (default: the smallest latent size of the models, 2 without one):
   * the linear autoencoder.
   */
  | { readonly kind: "pca"; readonly components?: number };
