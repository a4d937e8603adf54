import { SpecbookError } from "../../core";
import { nearNames } from "../../io/open-file";
import { typescript } from "../../kernel/typescript";
import type { Cell, Notebook } from "./notebook-file";
import { type Parameter, parametersOf, typeFaults, withValues } from "./parameter-cell";

/** Values by name, as JSON knows them: `{ epochs: 5, "hp.window": 8, preset: "paper" }`. */
export type ParameterValues = Readonly<Record<string, unknown>>;

/** The tag of the cell whose values may be given from outside, as papermill has it. */
export const PARAMETERS_TAG = "parameters";

/** The cells with that tag. */
export function parameterCells({ cells }: Notebook): Cell[] {
  return cells.filter(
    ({ type, metadata }) => type === "code" && Array.isArray(metadata.tags) && metadata.tags.includes(PARAMETERS_TAG),
  );
}

/** The names at the top level of the notebook's parameter cell; none where there is no such cell. */
export function parameterNames(notebook: Notebook): string[] {
  const [cell] = parameterCells(notebook);
  if (cell === undefined) return [];
  const names = parametersOf(typescript(), cell.source).map(({ name }) => name);
  return names.filter((name) => !name.includes("."));
}

/**
 * The notebook with values given from outside. They replace what is written in its parameter cell, in place.
 *
 * papermill adds a cell with new assignments below instead. Here that would fail twice: what the parameter cell derives
 * from a parameter (`const hp = { quick: ..., paper: ... }[preset]`) would keep the old value, and a `const` cannot be
 * assigned to, while a second `const epochs` would be a new name that functions of the first cell do not see. In place,
 * the type that the cell declares goes on to hold for the new value, and the saved notebook shows what it ran with.
 *
 * @throws OptionError, before anything runs, for a notebook without such a cell, an unknown name or a value of another type
 */
export function withParameters(notebook: Notebook, values: ParameterValues): Notebook {
  if (Object.keys(values).length === 0) return notebook;
  const tagged = parameterCells(notebook);
  if (tagged.length !== 1) throw noCell(tagged.length, Object.keys(values)[0]);
  const [cell] = tagged;
  const ts = typescript();
  const known = parametersOf(ts, cell.source);
  const given = Object.entries(values).map(([name, value]) => {
    const at = known.find((parameter) => parameter.name === name);
    if (at === undefined) throw unknownName(name, known);
    return { at, json: jsonOf(name, value) };
  });
  refuseNested(given.map(({ at }) => at));
  const [fault] = typeFaults(ts, cell.source, given);
  if (fault !== undefined) {
    const culprit = given.find((one) => typeFaults(ts, cell.source, [one]).length > 0) ?? given[0];
    throw wrongType(culprit.at, fault, values);
  }
  const source = withValues(cell.source, given);
  return {
    cells: notebook.cells.map((each) => (each === cell ? { ...cell, source } : each)),
    metadata: { ...notebook.metadata, specbook: { parameters: values } },
  };
}

function jsonOf(name: string, value: unknown): string {
  const json = JSON.stringify(value);
  if (json !== undefined && (typeof value !== "number" || Number.isFinite(value))) return json;
  throw new SpecbookError("OptionError", `The value of ${name} cannot be written into the notebook.`, {
    got: String(value),
    needed: "a number, text, true, false, null, or a list or object of these",
    remedy: "give a value that JSON knows",
  });
}

function refuseNested(given: readonly Parameter[]): void {
  for (const outer of given) {
    const inner = given.find(({ name }) => name.startsWith(`${outer.name}.`));
    if (inner === undefined) continue;
    throw new SpecbookError("OptionError", "One parameter lies in another.", {
      got: `${outer.name} and ${inner.name}`,
      needed: "either the whole or its parts",
      remedy: `leave out ${outer.name} and give its parts, or put ${inner.name} into the value of ${outer.name}`,
    });
  }
}

function noCell(count: number, name: string): SpecbookError {
  return new SpecbookError("OptionError", "The notebook takes no parameters.", {
    got: `${name}, and ${count === 0 ? "no cell" : `${count} cells`} with the tag "${PARAMETERS_TAG}"`,
    needed: `one code cell with the tag "${PARAMETERS_TAG}"`,
    remedy: `in JupyterLab select the cell with the hyper-parameters and add the tag "${PARAMETERS_TAG}" (property inspector, Common Tools)`,
  });
}

function unknownName(name: string, known: readonly Parameter[]): SpecbookError {
  const names = known.map((parameter) => parameter.name);
  const near = nearNames(name, names);
  const suffix = names.filter((each) => each.endsWith(`.${name}`));
  const guess = [...suffix, ...near].slice(0, 3);
  return new SpecbookError("OptionError", `The notebook has no parameter ${name}.`, {
    got: name,
    needed:
      names.length === 0 ? "a `const` or `let` in the parameter cell (it has none)" : `one of ${names.join(", ")}`,
    remedy:
      guess.length > 0
        ? `did you mean ${guess.join(" or ")}?`
        : "give one of these, or declare it in the parameter cell",
  });
}

function wrongType({ name, text }: Parameter, message: string, values: ParameterValues): SpecbookError {
  const value = values[name];
  const isNumeral = typeof value !== "string" && typeof value !== "object" && /to type 'string/.test(message);
  const quoted = `'${name}=${JSON.stringify(String(value))}'`;
  const shown = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return new SpecbookError("OptionError", `The value of ${name} has the wrong type.`, {
    got: `${name} = ${JSON.stringify(value)}`,
    needed: `a value like the one in the notebook, ${shown} (${message})`,
    remedy: isNumeral
      ? `for a text write -p ${quoted}`
      : `give ${name} a value of that type; it is read as JSON, else as text`,
  });
}

/**
 * Reads the `name=value` of the command line: the value as JSON where it is JSON, else as text. `preset` is short for
 * `preset=...`, always a text.
 *
 * @throws OptionError for a word without `=` or name, and for a name that is given twice
 */
export function readParameters(words: readonly string[], preset?: string): ParameterValues {
  const values = new Map<string, unknown>();
  const add = (name: string, value: unknown, word: string) => {
    if (values.has(name)) {
      throw new SpecbookError("OptionError", `The parameter ${name} is given twice.`, {
        got: `${JSON.stringify(values.get(name))} and ${word}`,
        needed: "one value for each name",
        remedy: "leave one of them out",
      });
    }
    values.set(name, value);
  };
  if (preset !== undefined) add("preset", preset, preset);
  for (const word of words) {
    const equals = word.indexOf("=");
    const name = word.slice(0, equals).trim();
    if (equals < 1 || name === "") {
      throw new SpecbookError("OptionError", "A parameter is not readable.", {
        got: word,
        needed: "name=value",
        remedy: `write it like -p epochs=5, -p 'name=some text' or -p 'sizes=[8, 16]'`,
      });
    }
    add(name, readValue(word.slice(equals + 1)), word);
  }
  return Object.fromEntries(values);
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
