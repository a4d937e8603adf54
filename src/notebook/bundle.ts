import type { MimeBundle } from "../core/host";
import { encodePng } from "../plot/png-encoder";
import type { VegaLiteSpec } from "../plot/spec";
import { describe, describeChart } from "./describe";
import { ownBundle } from "./displayable";
import { guardSize } from "./guard-size";
import { type ColourPicture, quantise } from "./quantise";
import { isVegaLiteSpec, isVegaSpec, renderSvg, svgPixels } from "./render";
import { resultFigure } from "./result-figure";

// JupyterLab 4 draws these two and nothing newer; it needs the specification as an object, not as JSON text.
const VEGA_LITE = "application/vnd.vegalite.v5+json";
const VEGA = "application/vnd.vega.v5+json";

/**
 * What a front end needs to show a value: a chart becomes its Vega-Lite (or Vega) object, a PNG for places without
 * scripts (GitHub, nbconvert) and a line of text; a result that has a figure of its own (latents, manifolds, errors, ...)
 * becomes that figure; an object that knows how it is shown (a widget) says so; anything else becomes text.
 * Throws a MemoryError above 5,000 rows of data or 1 MB.
 *
 * @example
 * await bundle(plot.map(image))   // {"application/vnd.vegalite.v5+json": {...}, "image/png": "...", "text/plain": "..."}
 */
export async function bundle(value: unknown): Promise<MimeBundle> {
  const own = ownBundle(value);
  if (own !== undefined) return own;
  if (!isVegaLiteSpec(value) && !isVegaSpec(value)) {
    const figure = resultFigure(value);
    return figure === undefined ? { "text/plain": describe(value) } : bundle(figure);
  }
  return { ...chartBundle(value), "image/png": await picture(value) };
}

/** The bundle of a chart without its picture: for the frames of a live display that are replaced at once. */
export function chartBundle(spec: VegaLiteSpec): MimeBundle {
  guardSize(spec);
  return { [isVegaLiteSpec(spec) ? VEGA_LITE : VEGA]: spec, "text/plain": describeChart(spec) };
}

/** The chart as base64 PNG with a palette: sharp if that stays small, else plainer. */
async function picture(spec: VegaLiteSpec): Promise<string> {
  const svg = await renderSvg(spec);
  const bare = withoutPictures(svg);
  let text = "";
  for (const { scale, colours, maps, budget } of bare === svg ? CHART_LADDER : PICTURE_LADDER) {
    const whole = await svgPixels(svg, scale);
    const pictures = maps > 0 ? { inside: different(whole, await svgPixels(bare, scale)), colours: maps } : undefined;
    text = Buffer.from(encodePng(quantise(whole, colours, pictures), { scale })).toString("base64");
    if (text.length <= budget) break;
  }
  return text;
}

/** Tried in this order until the base64 text fits: ten figures and their pictures stay below 300 kB in a notebook. */
const CHART_LADDER = [
  { scale: 1.5, colours: 64, maps: 0, budget: 12_000 },
  { scale: 1, colours: 64, maps: 0, budget: 17_000 },
  { scale: 0.8, colours: 32, maps: 0, budget: Number.POSITIVE_INFINITY },
];

/** The same for charts with maps, whose own colours come on top: fewer would show as steps and false colours. */
const PICTURE_LADDER = [
  { scale: 1.5, colours: 32, maps: 224, budget: 12_000 },
  { scale: 1, colours: 32, maps: 224, budget: 14_000 },
  { scale: 0.8, colours: 20, maps: 96, budget: Number.POSITIVE_INFINITY },
];

/** The drawing without maps and colour bars. */
function withoutPictures(svg: string): string {
  return svg.replace(/<image\b[^>]*>(<\/image>)?/g, "").replace(/fill="url\([^)]*\)"/g, 'fill="none"');
}

/** 1 for each pixel that differs. */
function different({ pixels }: ColourPicture, other: ColourPicture): Uint8Array {
  return Uint8Array.from({ length: pixels.length / 4 }, (_, i) =>
    [0, 1, 2].some((c) => pixels[4 * i + c] !== other.pixels[4 * i + c]) ? 1 : 0,
  );
}
