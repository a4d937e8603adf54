/**
 * Kinds of results that a notebook shows by themselves: as their figure, or (posterior) as a few lines. Apart, without an
 * import: the kernel asks for it at each result, and loads what draws only when there is something to draw.
 */
export const DRAWN_KINDS = [
  "angle-map",
  "back-projection",
  "background-removal",
  "clustering",
  "component-choice",
  "component-match",
  "deconvolution",
  "density",
  "despiked",
  "drift",
  "embedding",
  "errors",
  "forward-projection",
  "ica",
  "latent",
  "latent-spread",
  "manifold",
  "nmf",
  "pca",
  "peak-fit",
  "posterior",
  "predictions",
  "reconstruction",
  "residual-map",
  "scree",
  "shift-map",
  "silhouette",
  "stability",
  "thickness",
  "zero-loss-alignment",
  "zero-loss-removal",
] as const;

/** True for a result that `bundle` shows by itself, and for the list of manifolds of a model's classes. */
export function isDrawn(value: unknown): boolean {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof one !== "object" || one === null || !("kind" in one)) return false;
  return Array.isArray(value) ? one.kind === "manifold" : DRAWN_KINDS.some((known) => known === one.kind);
}
