import { type Dataset, FITO } from "./catalogue";

export type { Dataset } from "./catalogue";
export { fito } from "./fito";
export type { DatasetOptions } from "./open-dataset";

/** Every data set that can be had by name, with size, licence and what to cite. */
export function list(): readonly Dataset[] {
  return Object.freeze([FITO]);
}
