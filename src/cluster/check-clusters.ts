import { refusedOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";

/** Throws unless the number of clusters is a whole number from 1 to the number of points. */
export function checkClusters(clusters: number, points: number): void {
  if (Number.isInteger(clusters) && clusters >= 1 && clusters <= points) return;
  throw new SpecbookError("OptionError", "the number of clusters is not usable", {
    got: `clusters: ${clusters} for ${points} points`,
    needed: `a whole number from 1 to ${points}`,
    remedy: `for example { clusters: ${Math.min(4, points)} }; silhouette(...) compares numbers of clusters`,
  });
}

/** Throws an OptionError unless an option is a finite number of at least 0. */
export function notNegative(call: string, name: string, value: number): void {
  if (!(Number.isFinite(value) && value >= 0)) throw refusedOption(call, name, value, "a number of at least 0");
}
