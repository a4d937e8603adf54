import { SpecbookError } from "../core";

/** The error for an option of `fit` that cannot be used. */
export function wrongOption(name: string, got: unknown, needed: string, remedy: string): SpecbookError {
  return new SpecbookError("OptionError", `fit cannot use this ${name}`, {
    got: `${name}: ${JSON.stringify(got) ?? String(got)}`,
    needed,
    remedy,
  });
}

/** The error for an option of a kind of model that cannot be used, given as { name: value }. */
export function wrongModelOption(
  kind: string,
  option: Readonly<Record<string, unknown>>,
  needed: string,
  remedy: string,
): SpecbookError {
  const [[name, value]] = Object.entries(option);
  return new SpecbookError("OptionError", `${kind} cannot use this ${name}`, {
    got: `${name}: ${JSON.stringify(value) ?? String(value)}`,
    needed,
    remedy,
  });
}

/** The call that makes a model of a kind from the sizes of the data, for remedies. */
export function madeFromData(kind: string): string {
  const make = kind === "dual-vae" ? "dualVae" : kind;
  const isOfClasses = kind === "classifier" || kind === "segmenter";
  return `${make}({ ...shapes(samples), ${isOfClasses ? "classes: samples.labels.classes" : "latent: 2"} })`;
}

/** Throws unless an option of `fit` is a whole number of at least `least`. */
export function checkCount(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw wrongOption(name, value, `a whole number of at least ${least}`, `set ${name} to a whole number`);
}

/** Throws unless an option of `fit` lies in a range; `high` itself is allowed, `low` only where it says so. */
export function checkBetween(name: string, value: number, low: number, high: number, lowAllowed = false): void {
  if (value <= high && (value > low || (lowAllowed && value === low))) return;
  const above = lowAllowed ? `at least ${low}` : `above ${low}`;
  const below = high === Number.MAX_VALUE ? "finite" : `at most ${high}`;
  throw wrongOption(name, value, `a number ${above} and ${below}`, `leave ${name} out for its default`);
}

/** Throws where an object of options has a key that it should not have: a misspelt option must not be ignored. */
export function checkKeys(name: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw wrongOption(
    name,
    given,
    `no other options than ${known.join(", ")}`,
    `remove "${unknown}" or correct its name`,
  );
}
