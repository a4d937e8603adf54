import { SpecbookError, sizeOf } from "../core";
import { type Dataset, FITO } from "./catalogue";
import { cachePath } from "./open-dataset";

export type { Dataset } from "./catalogue";
export { fito } from "./fito";
export type { DatasetOptions } from "./open-dataset";

/** Every data set that can be had by name, with size, licence and what to cite. */
export function list(): readonly Dataset[] {
  return Object.freeze([FITO]);
}

/**
 * True if the file of a data set lies whole in the cache, so that loading it needs no network.
 *
 * @throws OptionError for a name that is not in `list()`
 * @example const { image, spectra } = (await datasets.isCached("fito")) ? await datasets.fito() : await simulate.nanoparticleArray();
 */
export async function isCached(name: string): Promise<boolean> {
  const known = list();
  const dataset = known.find((one) => one.name === name);
  if (dataset !== undefined) return (await sizeOf(cachePath(dataset))) === dataset.size;
  throw new SpecbookError("OptionError", "there is no data set of this name", {
    got: JSON.stringify(name),
    needed: known.map((one) => JSON.stringify(one.name)).join(" or "),
    remedy: "datasets.list() names them",
  });
}
