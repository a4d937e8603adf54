import type { NetworkLayer, NetworkLayers } from "../models/network-layers";
import { checkKind } from "./check";
import { type FigureOptions, figure, letters, type Panel, panelTitle } from "./figure";
import { ONE } from "./map-panel";
import type { VegaLiteSpec } from "./spec";
import { accent, INK, MUTED } from "./theme";

const STEP = 27;
const BAR = 130;
const WIDTH = 360;

/**
 * The layers of a network as it is computed, from top to bottom: bars as wide as the logarithm of the number of values
 * that a layer gives, with their shape and the number of parameters. Encoder left, decoder right, the latents between.
 *
 * @throws OptionError for another value than the result of `networkLayers`
 * @example
 * plot.layers(await networkLayers(model, pairs))
 */
export function layers(result: NetworkLayers, options: FigureOptions = {}): VegaLiteSpec {
  checkKind("plot.layers", result, ["network-layers"], "plot.layers(await networkLayers(model, pairs))");
  const { model, input, layers: all, latent, parameters } = result;
  const letter = letters(options.letter);
  const encoder = rowsOf(all.filter(({ part }) => part === "encoder"));
  const decoder = rowsOf(all.filter(({ part }) => part === "decoder"));
  const start = { text: "input", shape: input, parameters: 0 };
  const bottleneck = { text: "latents", shape: [latent], parameters: 0 };
  const sides = [
    { title: "Encoder", rows: [start, ...encoder], colour: accent(0) },
    { title: "Decoder", rows: [bottleneck, ...decoder], colour: accent(3) },
  ];
  const longest = Math.max(...sides.map(({ rows }) => rows.length));
  const widest = Math.max(...sides.flatMap(({ rows }) => rows.map(({ shape }) => Math.log(1 + count(shape)))));
  const panels = sides.map(({ title, rows, colour }) => sidePanel(letter(), title, rows, colour, longest, widest));
  const notes = [
    `${parameters.toLocaleString("en-US")} parameters`,
    "each line: what is computed, the shape of the result, parameters (ReLU: leaky ReLU, BN: batch norm)",
    "a bar is as wide as the logarithm of the number of values",
    all.some(({ kind }) => kind.startsWith("sum of the")) ? SUM_NOTE : undefined,
  ];
  return figure(options, `The layers of ${model}, ${latent} latent${latent === 1 ? "" : "s"}`, notes, [panels]);
}

/** A convolution with ReLU and BN is one line, and three of the maps that are summed. */
const SUM_NOTE = "a line with + ReLU + BN gives three maps, one after each step: all are summed";

interface Row {
  readonly text: string;
  readonly shape?: readonly number[];
  readonly parameters: number;
}

/** One row for a layer with the activation and the batch norm that follow it. */
function rowsOf(layers: readonly NetworkLayer[]): Row[] {
  const rows: Row[] = [];
  for (const { kind, shape, parameters } of layers) {
    const last = rows.at(-1);
    const follows = kind === "leaky ReLU" || kind === "batch norm";
    if (!follows || last === undefined) rows.push({ text: kind, shape, parameters });
    else {
      const word = kind === "batch norm" ? "BN" : "ReLU";
      rows[rows.length - 1] = { ...last, text: `${last.text} + ${word}`, parameters: last.parameters + parameters };
    }
  }
  return rows;
}

function sidePanel(
  letter: string,
  title: string,
  rows: readonly Row[],
  colour: string,
  longest: number,
  widest: number,
): Panel {
  const layer = rows.flatMap(({ text, shape, parameters }, i) => {
    const y = i * STEP;
    const half = shape === undefined ? 3 : Math.max(3, (BAR / 2) * (Math.log(1 + count(shape)) / widest));
    const bar = { type: "rect", x: BAR / 2 - half, x2: BAR / 2 + half, y: y + 3, y2: y + STEP - 5, cornerRadius: 3 };
    const isData = text === "input" || text === "latents";
    const words = { type: "text", x: BAR + 12, align: "left", tooltip: null };
    const size = shape === undefined ? "" : shape.join(" x ");
    const many = parameters > 0 ? `${parameters.toLocaleString("en-US")} parameters` : "";
    const detail = [size, many].filter((part) => part !== "").join(", ");
    return [
      { ...ONE, mark: { ...bar, color: isData ? INK : colour, opacity: parameters > 0 || isData ? 0.9 : 0.4 } },
      { ...ONE, mark: { ...words, y: y + 8, text, fontSize: 11.5, color: INK, baseline: "middle" } },
      { ...ONE, mark: { ...words, y: y + 20, text: detail, fontSize: 9.5, color: MUTED, baseline: "middle" } },
    ];
  });
  return { width: WIDTH, height: longest * STEP, ...panelTitle(letter, title), layer };
}

const count = (shape: readonly number[] = []) => shape.reduce((a, b) => a * b, 1);
