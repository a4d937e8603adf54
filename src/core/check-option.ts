import { SpecbookError } from "./errors";

/** Throws an OptionError unless an option is a positive, finite number. */
export function positiveOption(call: string, name: string, value: number): void {
  if (Number.isFinite(value) && value > 0) return;
  throw refusedOption(call, name, value, "a positive number");
}

/** Throws an OptionError unless an option is a whole number of at least `least`. */
export function countOption(call: string, name: string, value: number, least = 1): void {
  if (Number.isInteger(value) && value >= least) return;
  throw refusedOption(call, name, value, `a whole number of at least ${least}`);
}

/** Throws an OptionError unless an option is one of these words. */
export function wordOption(call: string, name: string, value: string, words: readonly string[]): void {
  if (words.includes(value)) return;
  throw refusedOption(call, name, value, words.map((word) => JSON.stringify(word)).join(" or "));
}

/** Throws an OptionError unless a call's options are an object: null, a number or a word in their place is a slip. */
export function optionsObject(call: string, options: unknown): void {
  if (typeof options === "object" && options !== null && !Array.isArray(options)) return;
  throw new SpecbookError("OptionError", `${call} cannot use these options`, {
    got: Array.isArray(options) ? "a list" : (JSON.stringify(options) ?? String(options)),
    needed: "an object such as { seed: 1 }",
    remedy: "leave it out for the defaults",
  });
}

/** The OptionError for a value that an option cannot have; `needed` says what it can. */
export function refusedOption(call: string, name: string, value: unknown, needed: string): SpecbookError {
  return new SpecbookError("OptionError", `${call} cannot use this ${name}`, {
    got: `${name}: ${JSON.stringify(value) ?? String(value)}`,
    needed,
    remedy: `leave ${name} out for its default`,
  });
}
