import { SpecbookError } from "../core/errors";
import { type FigureOptions, figure, type Panel } from "./figure";
import { arrowTo, placed, words } from "./sketch";
import type { VegaLiteSpec } from "./spec";
import { accent, INK, MUTED } from "./theme";

/** What `plot.network` draws: a model, or its kind, options and parameters. */
export interface DrawnNetwork {
  readonly kind: string;
  readonly options: object;
  readonly parameters: Readonly<Record<string, { readonly shape: readonly number[]; readonly trainable: boolean }>>;
}

/** Layers of one column: they work side by side on the same input. */
interface Stage {
  readonly part: string;
  readonly layers: readonly Layer[];
}

interface Layer {
  readonly name: string;
  /** Of its weights, output first. */
  readonly shape: readonly number[];
  readonly parameters: number;
  readonly normalised: boolean;
}

/** Between columns: of few and of many. */
const PITCH = [77, 61] as const;
const MANY = 11;
const [TOP, HEIGHT] = [24, 150];

/**
 * The network of a model as it really is: every layer of its parameter list from left to right, with its shape and how many
 * numbers it learns, and the latents in the middle: in red those of the pose, in yellow those of the content (Fig. S1 of
 * Roccapriore et al., Small 17, 2100181 (2021); Fig. 3 of theirs on invariant features).
 *
 * @throws OptionError for another value than a model
 * @example
 * plot.network(rvae({ ...shapes(windows), latent: 2 }))
 */
export function network(model: DrawnNetwork, options: FigureOptions = {}): VegaLiteSpec {
  const given: Partial<DrawnNetwork> | null | undefined = model;
  if (typeof given?.parameters !== "object" || typeof given.options !== "object") {
    throw new SpecbookError("OptionError", "plot.network cannot draw this value", {
      got: typeof model,
      needed: "a model",
      remedy: "plot.network(vae({ ...shapes(samples) }))",
    });
  }
  const stages = stagesOf(model.parameters);
  const total = stages.flatMap(({ layers }) => layers).reduce((sum, { parameters }) => sum + parameters, 0);
  const [first, last] = ends(model);
  const behind = stages.findIndex(({ part }) => part !== stages[0].part);
  const middle = behind < 0 ? stages.length : behind;
  const columns = [
    { kind: "end" as const, text: first },
    ...stages.slice(0, middle).map((stage) => ({ kind: "stage" as const, stage })),
    { kind: "latents" as const },
    ...stages.slice(middle).map((stage) => ({ kind: "stage" as const, stage })),
    { kind: "end" as const, text: last },
  ];
  const pitch = PITCH[columns.length > MANY ? 1 : 0];
  const marks = columns.flatMap((column, i) => {
    const x = pitch * (i + 0.5);
    const beside = column.kind === "stage" ? column.stage.layers.length : 1;
    const arrow = i === 0 ? [] : Array.from({ length: beside }, (_, j) => arrowTo(x - 18, centreOf(j, beside))).flat();
    if (column.kind === "end") return [...arrow, ...endMarks(x, column.text, i === 0 ? "right" : "left")];
    if (column.kind === "latents") return [...arrow, ...latentMarks(x, latentNames(model))];
    return [...arrow, ...column.stage.layers.flatMap((layer, j) => layerMarks(x, layer, j, column.stage, pitch))];
  });
  const panel: Panel = { width: pitch * columns.length, height: TOP + HEIGHT + 26, layer: marks };
  const normalised = stages.some(({ layers }) => layers.some((layer) => layer.normalised))
    ? " (BN: with batch normalisation)"
    : "";
  const notes = [
    `${total.toLocaleString("en")} parameters`,
    `under each layer its weights (output x input) and how many numbers it learns${normalised}`,
    "a box is as high as the logarithm of its outputs",
  ];
  return figure(options, `The network: ${model.kind}`, notes, [[panel]]);
}

/** Layers in the order of the parameters; those with the same input share a column. */
function stagesOf(parameters: DrawnNetwork["parameters"]): Stage[] {
  const layers = new Map<string, Layer>();
  let before = "";
  for (const [name, { shape, trainable }] of Object.entries(parameters)) {
    if (!trainable) continue;
    const owner = name.replace(/\.(weight|bias)$/, "");
    const count = shape.reduce((a, b) => a * b, 1);
    const isScale = shape.length === 1 && name.endsWith("weight");
    // A batch normalisation belongs to the layer before it.
    const key = isScale || (before !== owner && !layers.has(owner) && shape.length === 1) ? before : owner;
    const known = layers.get(key);
    if (known !== undefined) {
      layers.set(key, {
        ...known,
        parameters: known.parameters + count,
        normalised: known.normalised || isScale,
      });
    } else {
      layers.set(key, { name: key, shape, parameters: count, normalised: false });
    }
    if (!isScale && shape.length > 1) before = key;
  }
  const stages: Stage[] = [];
  for (const layer of layers.values()) {
    const part = layer.name.split(".")[0];
    const previous = stages.at(-1);
    if (previous !== undefined && previous.part === part && PARALLEL.some((pair) => isPair(pair, previous, layer))) {
      stages[stages.length - 1] = { part, layers: [...previous.layers, layer] };
    } else stages.push({ part, layers: [layer] });
  }
  return stages;
}

/** Layers that work on one input, or whose outputs are added. */
const PARALLEL: readonly (readonly [string, string])[] = [
  ["fc11", "fc12"],
  ["fc_coord", "fc_latent"],
];

function isPair([one, other]: readonly [string, string], { layers }: Stage, layer: Layer): boolean {
  return layers.length === 1 && layers[0].name.endsWith(one) && layer.name.endsWith(other);
}

const ROLES: Readonly<Record<string, string>> = {
  fc11: "mean:",
  fc12: "log s.d.:",
  fc_coord: "coordinates ->",
  fc_latent: "latents ->",
};

function titleOf({ name, shape }: Layer, beside: boolean): string {
  const [units, , ...kernel] = shape;
  const role = beside ? ROLES[name.split(".").at(-1) ?? ""] : undefined;
  if (role !== undefined) return `${role} ${units}`;
  return kernel.length === 0 ? `dense ${units}` : `conv ${units}, ${kernel.join("x")}`;
}

function layerMarks(
  x: number,
  layer: Layer,
  j: number,
  { part, layers }: Stage,
  pitch: number,
): Record<string, unknown>[] {
  const count = layers.length;
  const room = HEIGHT / count;
  const centre = centreOf(j, count);
  const height = Math.min(room - (count > 1 ? 44 : 0), 18 * Math.log2(Math.max(2, layer.shape[0])) + 8);
  const colour = accent(/^enc|net_1|^image/.test(part) ? 0 : 3);
  const below = centre + height / 2;
  return [
    placed({
      type: "rect",
      x: x - 13,
      x2: x + 13,
      y: centre - height / 2,
      y2: below,
      color: colour,
      opacity: 0.85,
      cornerRadius: 3,
    }),
    words(x, centre - height / 2 - 9, titleOf(layer, count > 1), { fontWeight: "bold", fontSize: pitch / 7 }),
    words(x, below + 9, layer.shape.join(" x "), { fontSize: pitch / 8, color: MUTED }),
    words(x, below + 21, `${layer.parameters.toLocaleString("en")}${layer.normalised ? " BN" : ""}`, {
      fontSize: pitch / 8,
      color: MUTED,
    }),
  ];
}

/** The middle of the j-th of `count` layers of a column. */
function centreOf(j: number, count: number): number {
  return TOP + (HEIGHT / count) * (j + 0.5);
}

function endMarks(x: number, lines: readonly string[], align: "right" | "left"): Record<string, unknown>[] {
  const y = TOP + HEIGHT / 2;
  return lines.map((text, i) =>
    words(align === "left" ? x - 12 : x + 16, y + 14 * (i - (lines.length - 1) / 2), text, {
      align,
      fontWeight: i === 0 ? "bold" : "normal",
    }),
  );
}

function latentMarks(x: number, names: readonly { text: string; pose: boolean }[]): Record<string, unknown>[] {
  const step = Math.min(34, (HEIGHT + 20) / names.length);
  const y = TOP + HEIGHT / 2;
  return names.flatMap(({ text, pose }, i) => {
    const centre = y + step * (i - (names.length - 1) / 2);
    return [
      placed({
        type: "point",
        shape: "circle",
        filled: true,
        size: Math.min(820, step * step * 0.72),
        x,
        y: centre,
        color: pose ? "#d6281f" : "#f2c31b",
        opacity: 1,
      }),
      words(x, centre, text, { fontSize: 10, color: pose ? "white" : INK, fontWeight: "bold" }),
    ];
  });
}

interface Sizes {
  readonly image?: readonly number[];
  readonly spectrum?: number;
  readonly side?: string;
  readonly latent?: number;
  readonly rotation?: boolean;
  readonly shift?: boolean;
}

/** The most content latents that are named one by one. */
const MOST_NAMED = 6;

function latentNames({ options }: DrawnNetwork): { text: string; pose: boolean }[] {
  const { latent = 2, rotation = false, shift = false } = options as Sizes; // each kind has some of them
  const content = Array.from({ length: latent }, (_, i) => ({ text: `z${i + 1}`, pose: false }));
  return [
    ...(rotation ? [{ text: "angle", pose: true }] : []),
    ...(shift ? ["dx", "dy"].map((text) => ({ text, pose: true })) : []),
    ...(latent <= MOST_NAMED ? content : [content[0], { text: "...", pose: false }, content[latent - 1]]),
  ];
}

/** What goes in and what comes out. */
function ends({ kind, options }: DrawnNetwork): readonly [readonly string[], readonly string[]] {
  const { image, spectrum, side } = options as Sizes; // each kind has some of them
  const window = ["window", image === undefined ? "" : image.join(" x ")];
  const curve = ["spectrum", spectrum === undefined ? "" : `${spectrum} channels`];
  if (kind === "im2spec" || kind === "ved") return [window, curve];
  if (kind === "spec2im") return [curve, window];
  return side === "spectra" ? [curve, curve] : [window, window];
}
