import { basename } from "node:path";
import { SpecbookError } from "../core/errors";
import { currentHost } from "../core/host";
import { checkMemory } from "../core/memory";
import type { Axis } from "../data/axis";
import { addHistory, type HistoryEntry } from "../data/history";
import { image } from "../data/image";
import { spectrumImage } from "../data/spectrum-image";
import type { Block } from "./block";
import { conversionsOf, describeAxes, energyRemedy, makeAxes } from "./calibration";
import { type Draft, layoutOf } from "./drafts";
import { permute } from "./permute";
import type { ReadOptions, Signal, SignalInfo } from "./signals";

/** What a draft holds, for `inspect`. */
export function describeDraft(draft: Draft): SignalInfo {
  const { kind, order } = layoutOf(draft);
  const axes = describeAxes(draft, order).map((axis) =>
    axis.problem === undefined ? axis : { ...axis, remedy: energyRemedy(axis.problem) },
  );
  return Object.freeze({
    name: draft.name,
    path: draft.path,
    kind,
    format: draft.format,
    quantity: draft.quantity,
    shape: Object.freeze(axes.map(({ size }) => size)),
    axes: Object.freeze(axes),
    dtype: draft.dtype,
    bytes: draft.bytes,
    packing: Object.freeze([...draft.packing]),
  });
}

/** How a draft is read: its axes, and what its metadata and history will say. */
export interface Plan {
  readonly kind: Signal["kind"];
  readonly order: readonly number[];
  readonly axes: readonly Axis[];
  readonly nonFinite: NonNullable<ReadOptions["nonFinite"]>;
  /** `found` is the number of values that are not finite. */
  metadata(found: number): Readonly<Record<string, unknown>>;
  history(found: number): readonly HistoryEntry[];
}

/** Makes the plan; what is wrong with the axes or the options is said here, before the work. */
export function planOf(file: string, draft: Draft, options: ReadOptions): Plan {
  const { kind, order } = layoutOf(draft);
  const { nonFinite = "refuse" } = options;
  checkNonFinite(nonFinite);
  const axes = makeAxes(draft, order, options);
  const names = draft.axes.map(({ name }) => name);
  return {
    kind,
    order,
    axes,
    nonFinite,
    metadata: (found) => ({
      ...draft.metadata,
      name: draft.name,
      path: draft.path,
      file,
      format: draft.format,
      ...(draft.quantity === "" ? {} : { quantity: draft.quantity }), // a title of nothing would be drawn as one
      fileAxes: names,
      ...(found > 0 ? { nonFinite: found } : {}),
    }),
    history: (found) => {
      const history = addHistory(draft.history ?? [], "read", {
        file: basename(file),
        path: draft.path,
        format: draft.format,
        stored: draft.dtype,
        axes: names,
        ...withEntries("converted", conversionsOf(draft, axes, options)),
        ...(options.energy === undefined ? {} : { energy: options.energy }),
        ...(options.pixelSize === undefined ? {} : { pixelSize: options.pixelSize }),
        ...(found > 0 ? { nonFinite: `${found} values: ${nonFinite === "zero" ? "set to 0" : "kept"}` } : {}),
      });
      return (draft.steps ?? []).reduce((lines, step) => addHistory(lines, step.operation, step.options), history);
    },
  };
}

/** Reads a draft: axes first, so that what is wrong with them is said before the work. */
export async function readDraft(file: string, draft: Draft, options: ReadOptions): Promise<Signal> {
  const plan = planOf(file, draft, options);
  const { kind, axes } = plan;
  const shape = draft.axes.map(({ size }) => size);
  const stored = await draft.read({ signal: options.signal ?? currentHost()?.signal() });
  const data = inOrder(stored, shape, draft, plan.order);
  const found = checkFinite(data, draft, plan, { offset: axes.map(() => 0), count: axes.map(({ size }) => size) });
  const metadata = plan.metadata(found);
  const history = plan.history(found);
  if (kind === "image") {
    const [y, x] = axes;
    return image(data, [y.size, x.size], { axes: { y, x }, metadata, history });
  }
  if (kind === "spectrum-image") {
    const [y, x, energy] = axes;
    return spectrumImage(data, [y.size, x.size, energy.size], { axes: { y, x, energy }, metadata, history });
  }
  return Object.freeze({
    kind,
    data,
    shape: Object.freeze(axes.map(({ size }) => size)),
    axes: Object.freeze(axes),
    metadata: Object.freeze(metadata),
    history,
  });
}

/** A block of a draft in the order of its plan; `block` counts along the axes of the plan. */
export async function readBlock(draft: Draft, plan: Plan, block: Block, signal?: AbortSignal): Promise<Float32Array> {
  const stored = {
    offset: draft.axes.map((_, axis) => block.offset[plan.order.indexOf(axis)]),
    count: draft.axes.map((_, axis) => block.count[plan.order.indexOf(axis)]),
  };
  return inOrder(await draft.read({ block: stored, signal }), stored.count, draft, plan.order);
}

function withEntries(key: string, entries: Record<string, string>): Record<string, unknown> {
  return Object.keys(entries).length === 0 ? {} : { [key]: entries };
}

function inOrder(data: Float32Array, shape: readonly number[], draft: Draft, order: readonly number[]): Float32Array {
  const places = order.filter((from) => from >= 0);
  if (places.every((from, i) => from === i)) return data;
  checkMemory(data.byteLength, `${draft.path} in another order of axes`, "save it with the energy axis last");
  return permute(data, shape, places);
}

function checkNonFinite(nonFinite: string): void {
  if (["refuse", "keep", "zero"].includes(nonFinite)) return;
  throw new SpecbookError("OptionError", "there is no such way to treat NaN", {
    got: `nonFinite ${JSON.stringify(nonFinite)}`,
    needed: '"refuse", "keep" or "zero"',
    remedy: 'write { nonFinite: "zero" } to set NaN and infinite values to 0',
  });
}

/** Counts, sets to 0 or refuses what is not finite in the numbers of a block of a plan. */
export function checkFinite(
  data: Float32Array,
  draft: Draft,
  { nonFinite }: Plan,
  { offset, count: sizes }: Block,
): number {
  let count = 0;
  let first = -1;
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    if (count++ === 0) first = i;
    if (nonFinite === "zero") data[i] = 0;
  }
  if (count === 0 || nonFinite !== "refuse") return count;
  const place = sizes.map((size, i) => {
    const below = sizes.slice(i + 1).reduce((product, n) => product * n, 1);
    return offset[i] + (Math.floor(first / below) % size);
  });
  throw new SpecbookError("DataError", `${draft.path} holds values that are not finite numbers`, {
    got: `${count} of ${data.length} values NaN or infinite, the first (${data[first]}) at [${place.join(", ")}]`,
    needed: "finite numbers",
    remedy: 'pass { nonFinite: "zero" } to set them to 0, or { nonFinite: "keep" } to work around them yourself',
  });
}
