import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { SpecbookError } from "../core/errors";
import { markDependents } from "./mark-dependents";
import { Widget, type WidgetOptions } from "./widget";

/** What `widget` makes a widget of. */
export interface CustomWidgetOptions extends Omit<WidgetOptions, "esm"> {
  /**
   * An ES module with `export default { render({ model, el }) { ... } }`: its text, or the path or file URL of a `.js` or
   * `.mjs` file, which is read now. `model` has `get`, `set`, `save_changes`, `on`, `send` (anywidget's front-end module).
   */
  readonly esm: string | URL;
  /** Style sheet: its text, or the path of a `.css` file. */
  readonly css?: string;
}

/**
 * A widget of your own: an ES module that draws in the page, and a state that page and kernel share. As a cell's last
 * expression it is drawn; in a saved notebook, exported HTML and PDF its `picture` stands in its place.
 *
 * @param options the module, its style, the first state, and the picture
 * @returns the kernel's half: `get`, `set`, `send`, `onChange`, `onMessage`
 * @throws FileError if the file of the module is not there, OptionError if the module exports no `render`
 *
 * @example
 * const counter = widget({
 *   esm: `export default {
 *     render({ model, el }) {
 *       const button = document.createElement("button");
 *       const show = () => { button.textContent = "count " + model.get("count"); };
 *       button.onclick = () => { model.set("count", model.get("count") + 1); model.save_changes(); };
 *       model.on("change:count", show);
 *       show();
 *       el.append(button);
 *     },
 *   }`,
 *   state: { count: 0 },
 * });
 * counter.onChange(({ count }) => console.log("clicked:", count));
 * counter
 */
export function widget({ esm, css, ...rest }: CustomWidgetOptions): Widget {
  const text = textOf(esm, /\.m?js$/);
  if (!/\bexport\b/.test(text) || !/\brender\b/.test(text)) {
    throw new SpecbookError("OptionError", "the widget's module draws nothing", {
      got: `${text.trim().slice(0, 120) || "an empty text"}`,
      needed: "an ES module with a render function",
      remedy: "export default { render({ model, el }) { el.textContent = model.get('name') } }",
    });
  }
  const made = new Widget({ ...rest, esm: text, css: css === undefined ? undefined : textOf(css, /\.css$/) });
  markDependents(made);
  return made;
}

/** The text itself, or that of the file it names. */
function textOf(source: string | URL, ending: RegExp): string {
  const isFile = source instanceof URL || (ending.test(source.trim()) && !/[\n{]/.test(source));
  if (!isFile) return source;
  const path = source instanceof URL ? fileURLToPath(source) : resolve(source.trim());
  if (existsSync(path)) return readFileSync(path, "utf8");
  throw new SpecbookError("FileError", "there is no such file", {
    got: path,
    needed: "a file that a widget is made of",
    remedy: "check the path; a relative one starts at the notebook's folder",
  });
}
