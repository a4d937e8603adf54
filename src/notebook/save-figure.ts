import { SpecbookError } from "../core/errors";
import { writeAll, writeWholeFile } from "../io/write-file";
import type { VegaLiteSpec } from "../plot";
import { isVegaLiteSpec, isVegaSpec, renderPng, renderSvg } from "./render";
import { resultFigure } from "./result-figure";

/** Options of `saveFigure`. */
export interface SaveFigureOptions {
  /** Picture pixels per chart pixel, for .png only: 1.5 by default, 4 for print, at most 8. */
  readonly scale?: number;
}

/**
 * Writes a figure as a file: .png, or .svg, which stays sharp at every size. `figure` is what a plot function returns, or
 * a result that a notebook draws by itself. The file takes the place of an older one when it is whole.
 *
 * @throws OptionError (no figure, another ending, a scale that cannot be), FormatError (a specification that cannot be
 * drawn), FileError.
 * @example await saveFigure(plot.overview(image, spectra), "overview.png", { scale: 4 });
 */
export async function saveFigure(figure: unknown, path: string, options: SaveFigureOptions = {}): Promise<void> {
  const ending = typeof path === "string" ? /\.(png|svg)$/i.exec(path)?.[1].toLowerCase() : undefined;
  if (ending === undefined) throw unknownEnding(path);
  if (ending === "svg" && options.scale !== undefined) {
    throw new SpecbookError("OptionError", "an .svg picture has no scale", {
      got: `scale ${options.scale}`,
      needed: "no scale: it is drawn sharp at every size",
      remedy: "leave it out, or save a .png",
    });
  }
  const spec = figureOf(figure);
  const bytes = ending === "svg" ? Buffer.from(await renderSvg(spec)) : await renderPng(spec, options);
  await writeWholeFile(path, (file) => writeAll(file, bytes));
}

function figureOf(value: unknown): VegaLiteSpec {
  if (isVegaLiteSpec(value) || isVegaSpec(value)) return value;
  const figure = resultFigure(value);
  if (figure !== undefined) return figure;
  const kind = typeof value === "object" && value !== null && "kind" in value ? ` of kind "${value.kind}"` : "";
  throw new SpecbookError("OptionError", "this value has no figure", {
    got: `${value === null ? "null" : typeof value}${kind}`,
    needed: "what a plot function returns, or a result that a notebook draws",
    remedy: 'await saveFigure(plot.map(image), "map.png"); data are written by save(value, path)',
  });
}

function unknownEnding(path: unknown): SpecbookError {
  return new SpecbookError("OptionError", "the ending of the path names no picture", {
    got: typeof path === "string" ? `"${path}"` : `${typeof path} ${path}`,
    needed: ".png or .svg",
    remedy: 'await saveFigure(figure, "figure.png")',
  });
}
