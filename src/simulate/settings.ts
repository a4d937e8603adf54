import { SpecbookError } from "../core";

/** The smallest and the largest value of each setting that is a number. */
export type NumberLimits<S> = {
  readonly [Name in keyof S as S[Name] extends number ? Name : never]: readonly [number, number];
};

/** What the settings of a simulation may be. */
export interface SettingRules<S> {
  readonly limits: NumberLimits<S>;
  /** Settings that are whole numbers. */
  readonly whole: readonly (keyof S)[];
  /** Settings that are one of some words. */
  readonly words: { readonly [Name in keyof S]?: readonly string[] };
}

/** The defaults with what was given put in; throws an OptionError for an unknown name or a value out of range. */
export function checkSettings<S extends object>(
  call: string,
  given: { readonly [Name in keyof S]?: S[Name] },
  defaults: S,
  { limits, whole, words }: SettingRules<S>,
): S {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  for (const name of Object.keys(set)) {
    if (!(name in defaults)) throw refused(call, name, set[name], `one of ${Object.keys(defaults).join(", ")}`);
  }
  const settings: S & Readonly<Record<string, unknown>> = { ...defaults, ...set };
  for (const [name, range] of Object.entries(limits)) {
    const [low, high] = range as readonly [number, number]; // as the type of the limits says
    const value = settings[name];
    const isWhole = whole.some((one) => one === name);
    const fits = typeof value === "number" && value >= low && value <= high && (!isWhole || Number.isInteger(value));
    if (!fits) throw refused(call, name, value, `a ${isWhole ? "whole " : ""}number from ${low} to ${high}`);
  }
  for (const [name, allowed] of Object.entries(words)) {
    const known = allowed as readonly string[]; // as the type of the words says
    if (!known.some((word) => word === settings[name])) {
      throw refused(call, name, settings[name], known.map((word) => `"${word}"`).join(" or "));
    }
  }
  return settings;
}

function refused(call: string, name: string, value: unknown, needed: string): SpecbookError {
  return new SpecbookError("OptionError", `${call} cannot use this ${name}`, {
    got: `${name}: ${JSON.stringify(value) ?? String(value)}`,
    needed,
    remedy: `leave ${name} out for its default`,
  });
}
