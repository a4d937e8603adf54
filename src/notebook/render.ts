import { SpecbookError } from "../core/errors";
import type { VegaLiteSpec } from "../plot/spec";
import { FONT_FAMILY, FONT_FILES, textWidth } from "./font";
import type { ColourPicture } from "./quantise";

type Vega = typeof import("vega");

// Loaded with the first picture: a kernel that draws nothing yet starts 0.2 s sooner.
let vegaLoading: Promise<Vega> | undefined;

function loadVega(): Promise<Vega> {
  vegaLoading ??= import("vega").then((vega) => {
    // Without a canvas Vega guesses 0.8 em per character; the shipped font's real widths give a browser's layout.
    const { textMetrics } = vega as unknown as { textMetrics: { width: (item: TextItem, text: unknown) => number } };
    textMetrics.width = (item, text) =>
      textWidth(String(text ?? "").trim(), item.fontSize ?? 11, item.fontWeight === "bold" || item.fontWeight === 700);
    return vega;
  });
  return vegaLoading;
}

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
}

/** True for a Vega-Lite specification, by its `$schema`. */
export function isVegaLiteSpec(value: unknown): value is VegaLiteSpec {
  return schemaOf(value)?.includes("/vega-lite/") ?? false;
}

/** True for a Vega specification, by its `$schema`. */
export function isVegaSpec(value: unknown): value is VegaLiteSpec {
  return schemaOf(value)?.includes("/vega/") ?? false;
}

function schemaOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("$schema" in value)) return undefined;
  return typeof value.$schema === "string" ? value.$schema : undefined;
}

/** Draws a Vega-Lite or Vega specification as SVG text, without a browser. */
export async function renderSvg(spec: VegaLiteSpec): Promise<string> {
  const vega = await loadVega();
  try {
    const view = new vega.View(vega.parse(await toVega(spec)), { renderer: "none" });
    view.logLevel(vega.Error);
    const svg = await view.toSVG();
    view.finalize();
    // resvg knows SVG's own keyword for "do not interpolate" only.
    return svg.replace(/image-rendering: ?pixelated/g, "image-rendering:optimizeSpeed");
  } catch (cause) {
    throw new SpecbookError("FormatError", "this chart cannot be drawn", {
      got: `a specification with the keys ${Object.keys(spec).join(", ")} (${String(cause).split("\n")[0]})`,
      needed: "a valid Vega-Lite v5 or Vega v5 specification",
      remedy: "take what a plot function returns, or check the specification with https://vega.github.io/editor",
      cause,
    });
  }
}

async function toVega(spec: VegaLiteSpec): Promise<import("vega").Spec> {
  if (!isVegaLiteSpec(spec)) return spec as unknown as import("vega").Spec;
  const { compile } = await import("vega-lite");
  return compile(spec as unknown as import("vega-lite").TopLevelSpec).spec;
}

/** Draws a specification as PNG in full colour. `scale` (default 1.5) is the number of picture pixels per chart pixel. */
export async function renderPng(spec: VegaLiteSpec, options: { scale?: number } = {}): Promise<Uint8Array> {
  const { scale = 1.5 } = options;
  if (!(scale > 0 && scale <= 8)) {
    throw new SpecbookError("OptionError", "this picture scale cannot be used", {
      got: `scale ${scale}`,
      needed: "a number above 0 and at most 8",
      remedy: "leave it out (1.5), or give 2 for a printed page",
    });
  }
  return (await rasterise(await renderSvg(spec), scale)).asPng();
}

/** The pixels of an SVG picture, on white. */
export async function svgPixels(svg: string, scale: number): Promise<ColourPicture> {
  const { width, height, pixels } = await rasterise(svg, scale);
  return { width, height, pixels };
}

async function rasterise(svg: string, scale: number): Promise<import("@resvg/resvg-js").RenderedImage> {
  const { Resvg } = await import("@resvg/resvg-js");
  const font = {
    loadSystemFonts: false,
    fontFiles: [...FONT_FILES],
    defaultFontFamily: FONT_FAMILY,
    sansSerifFamily: FONT_FAMILY,
  };
  return new Resvg(svg, { fitTo: { mode: "zoom", value: scale }, background: "white", font }).render();
}
