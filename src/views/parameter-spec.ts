import { refusedOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { atPlace, type Control } from "./parameter-messages";

/** A number between two ends: what `slider` makes. */
export interface Slider {
  readonly control: "slider";
  readonly from: number;
  readonly to: number;
  readonly value: number;
  readonly step: number;
  readonly log: boolean;
  readonly units: string;
}

/** One of several values: what `choice` makes. */
export interface Choice<T extends string | number> {
  readonly control: "choice";
  readonly options: readonly T[];
  readonly value: T;
}

/** What a panel of parameters is made of, by name. A plain number gets a slider around it, a boolean a check box, a text a field. */
export type ParameterSpec = Readonly<Record<string, number | boolean | string | Slider | Choice<string | number>>>;

/** The values of a panel of parameters. */
export type ParameterValues<S extends ParameterSpec> = {
  readonly [Name in keyof S]: S[Name] extends Choice<infer T>
    ? T
    : S[Name] extends Slider | number
      ? number
      : S[Name] extends boolean
        ? boolean
        : string;
};

/** Options of `slider`. */
export interface SliderOptions {
  /** First value; default the middle. */
  readonly value?: number;
  /** Step between values; default 1 where ends and value are whole numbers, else a 200th of the way (with `log` a 200th of the decades). */
  readonly step?: number;
  /** Even steps of the logarithm, for learning rates and weights of losses. Needs positive ends. */
  readonly log?: boolean;
  /** Written behind the value, e.g. "eV". */
  readonly units?: string;
}

/**
 * A slider between two numbers for `parameters`.
 *
 * @throws OptionError for ends in the wrong order, a value outside them, or a logarithm of what is not positive
 * @example slider(1e-4, 1e-2, { log: true, value: 1e-3 })
 */
export function slider(from: number, to: number, options: SliderOptions = {}): Slider {
  const { log = false, units = "" } = options;
  if (!(Number.isFinite(from) && Number.isFinite(to) && from < to)) {
    throw new SpecbookError("OptionError", "slider cannot use these ends", {
      got: `from ${from} to ${to}`,
      needed: "two numbers, the smaller first",
      remedy: "for example slider(0, 10)",
    });
  }
  if (log && from <= 0) throw refusedOption("slider", "log", log, `positive ends, not ${from}`);
  const isWhole = Number.isInteger(from) && Number.isInteger(to) && !log;
  const middle = log ? Math.sqrt(from * to) : (from + to) / 2;
  const { value = isWhole ? Math.round(middle) : atPlace(middle, { from, to, log }) } = options;
  const { step = isWhole && Number.isInteger(value) ? 1 : 0 } = options;
  if (!Number.isFinite(step) || step < 0) throw refusedOption("slider", "step", step, "a positive number");
  if (!(value >= from && value <= to)) throw refusedOption("slider", "value", value, `a number from ${from} to ${to}`);
  return Object.freeze({ control: "slider", from, to, value, step, log, units });
}

/**
 * A choice between values for `parameters`.
 *
 * @throws OptionError for an empty list, or a first value that is not in it
 * @example choice(["vae", "rvae"])
 */
export function choice<const T extends string | number>(
  options: readonly T[],
  { value = options[0] }: { readonly value?: T } = {},
): Choice<T> {
  if (!Array.isArray(options) || options.length === 0)
    throw refusedOption("choice", "list", options, "one value or more");
  if (!options.includes(value)) throw refusedOption("choice", "value", value, `one of ${options.join(", ")}`);
  return Object.freeze({ control: "choice", options: Object.freeze([...options]), value });
}

/** The controls of a panel; `fields` are their first values. */
export function controlsOf(spec: ParameterSpec): Control[] {
  const entries = Object.entries(typeof spec === "object" && spec !== null ? spec : {});
  if (entries.length === 0) {
    throw new SpecbookError("OptionError", "parameters has nothing to show", {
      got: typeof spec === "object" ? "an empty object" : String(spec),
      needed: "an object with one value or more",
      remedy: "for example parameters({ window: 16, kind: choice([...]) }, (hp) => ...)",
    });
  }
  return entries.map(([name, field]) => ({ name, label: words(name), ...controlOf(name, field) }));
}

type Bare = Control extends infer C ? (C extends Control ? Omit<C, "name" | "label"> : never) : never;

function controlOf(name: string, field: ParameterSpec[string]): Bare {
  if (typeof field === "boolean") return { kind: "check", value: field };
  if (typeof field === "string") return { kind: "text", value: field };
  if (typeof field === "number" && Number.isFinite(field)) return controlOf(name, around(field));
  if (typeof field === "object" && field !== null) {
    if (field.control === "choice") return { kind: "choice", options: field.options, value: field.value };
    if (field.control === "slider") {
      const { from, to, step, log, units, value } = field;
      return { kind: "slider", from, to, step, log, units, value };
    }
  }
  throw refusedOption("parameters", name, field, "a number, a boolean, a text, slider(...) or choice([...])");
}

/** A slider around a plain number: whole numbers up to four times it, others a decade to both sides. */
function around(value: number): Slider {
  if (value === 0) return slider(-1, 1, { value });
  if (Number.isInteger(value))
    return value > 0 ? slider(1, Math.max(10, 4 * value), { value }) : slider(4 * value, 0, { value });
  return value > 0 ? slider(value / 10, value * 10, { value, log: true }) : slider(10 * value, 0, { value });
}

/** "learningRate" as "learning rate". */
function words(name: string): string {
  return name.replace(/([a-z\d])([A-Z])/g, (_, before: string, letter: string) => `${before} ${letter.toLowerCase()}`);
}

/**
 * A value as a control can have it: a number within its ends, and on its steps.
 *
 * @throws OptionError for a value of another type
 */
export function acceptedValue(control: Control, value: unknown): number | boolean | string {
  if (control.kind === "slider" && typeof value === "number" && !Number.isNaN(value)) {
    const { from, to, step } = control;
    const on = step > 0 ? from + Math.round((value - from) / step) * step : value;
    return Number(Math.max(from, Math.min(to, on)).toPrecision(12));
  }
  if (control.kind === "choice" && control.options.some((one) => one === value)) return value as string | number;
  if (control.kind === "check" && typeof value === "boolean") return value;
  if (control.kind === "text" && typeof value === "string") return value;
  const needed = {
    slider: "a number",
    choice: control.kind === "choice" ? `one of ${control.options.join(", ")}` : "",
    check: "true or false",
    text: "a text",
  };
  throw refusedOption("parameters", control.name, value, needed[control.kind]);
}
