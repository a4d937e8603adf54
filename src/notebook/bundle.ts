import type { MimeBundle } from "../core/host";
import { encodePng } from "../plot/png-encoder";
import type { VegaLiteSpec } from "../plot/spec";
import { describe, describeChart } from "./describe";
import { guardSize } from "./guard-size";
import { quantise } from "./quantise";
import { isVegaLiteSpec, isVegaSpec, renderPixels } from "./render";

// JupyterLab 4 draws these two and nothing newer; it needs the specification as an object, not as JSON text.
const VEGA_LITE = "application/vnd.vegalite.v5+json";
const VEGA = "application/vnd.vega.v5+json";

/** Base64 characters of a chart's picture above which it is drawn smaller and in fewer colours. */
const PICTURE_BUDGET = 32_000;

/**
 * What a front end needs to show a value: a chart becomes its Vega-Lite (or Vega) object, a PNG for places without
 * scripts (GitHub, nbconvert) and a line of text; anything else becomes text.
 * Throws a MemoryError above 5,000 rows of data or 1 MB.
 *
 * @example
 * await bundle(plot.map(image))   // {"application/vnd.vegalite.v5+json": {...}, "image/png": "...", "text/plain": "..."}
 */
export async function bundle(value: unknown): Promise<MimeBundle> {
  if (!isVegaLiteSpec(value) && !isVegaSpec(value)) return { "text/plain": describe(value) };
  return { ...chartBundle(value), "image/png": await picture(value) };
}

/** The bundle of a chart without its picture: for the frames of a live display that are replaced at once. */
export function chartBundle(spec: VegaLiteSpec): MimeBundle {
  guardSize(spec);
  return { [isVegaLiteSpec(spec) ? VEGA_LITE : VEGA]: spec, "text/plain": describeChart(spec) };
}

/** The chart as base64 PNG with a palette: large and in many colours if that stays small, else plainer. */
async function picture(spec: VegaLiteSpec): Promise<string> {
  let text = "";
  for (const { scale, colours } of PICTURE_LADDER) {
    text = Buffer.from(encodePng(quantise(await renderPixels(spec, { scale }), colours))).toString("base64");
    if (text.length <= PICTURE_BUDGET) break;
  }
  return text;
}

const PICTURE_LADDER = [
  { scale: 1.5, colours: 256 },
  { scale: 1, colours: 256 },
  { scale: 1, colours: 96 },
];
