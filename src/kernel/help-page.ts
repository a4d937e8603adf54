import type { CellCompiler } from "./compiler";

const NAME = /[\w$]+(?:\.[\w$]+)*/.source;
const QUESTION = new RegExp(`^\\s*(?:\\?{1,2}\\s*(${NAME})|(${NAME})\\s*\\?{1,2})\\s*;?\\s*$`);

/** The name that a cell like `nmf?` or `?plot.nmf` asks about; undefined for every other code. */
export function askedName(code: string): string | undefined {
  const match = QUESTION.exec(code);
  return match === null ? undefined : (match[1] ?? match[2]);
}

/** What a front end shows beside or below a cell: the `page` payload of the Jupyter protocol. */
export interface Page {
  readonly source: "page";
  readonly data: Readonly<Record<string, string>>;
  readonly start: number;
}

/** The documentation of a name, value or type, as a page. */
export function helpPage(compiler: CellCompiler, name: string): Page {
  const asType = `type Asked = ${name}`;
  const text =
    compiler.inspect(name, name.length) ??
    compiler.inspect(asType, asType.length) ??
    `Nothing is known of '${name}'. Names of other cells are known once these have run.`;
  return { source: "page", data: { "text/plain": text }, start: 0 };
}
