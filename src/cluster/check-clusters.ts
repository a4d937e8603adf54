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

/** Throws unless a count such as iterations or restarts is a whole number of at least `least`. */
export function checkWhole(name: string, value: number, least = 1): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new SpecbookError("OptionError", `${name} is not usable`, {
    got: `${name}: ${value}`,
    needed: `a whole number of at least ${least}`,
    remedy: "leave it out for its default",
  });
}

/** Throws unless a length, tolerance or share is a finite number above 0 (or, if `zero`, of at least 0). */
export function checkPositive(name: string, value: number, zero = false): void {
  if (Number.isFinite(value) && (zero ? value >= 0 : value > 0)) return;
  throw new SpecbookError("OptionError", `${name} is not usable`, {
    got: `${name}: ${value}`,
    needed: `a finite number ${zero ? "of at least 0" : "above 0"}`,
    remedy: "leave it out for its default, if it has one",
  });
}

/** Throws unless an option is one of the words it may be. */
export function checkWord(name: string, value: string, words: readonly string[]): void {
  if (words.includes(value)) return;
  throw new SpecbookError("OptionError", `there is no such ${name}`, {
    got: `${name}: ${JSON.stringify(value)}`,
    needed: words.map((word) => `"${word}"`).join(", "),
    remedy: `leave it out for "${words[0]}"`,
  });
}
