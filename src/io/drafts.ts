import { SpecbookError } from "../core/errors";
import type { HistoryEntry } from "../data/history";
import type { Block } from "./block";
import type { Signal } from "./signals";

/** An axis as a format reader found it, in the units of the file. */
export interface DraftAxis {
  readonly name: string;
  readonly size: number;
  /** Units as written; empty where there are none. */
  readonly units: string;
  /** undefined where the file gives no calibration. */
  readonly offset?: number;
  readonly scale?: number;
  /** What stands in the way of using the calibration. */
  readonly problem?: string;
  /** "scan": a position of the probe; "spectral": energy, voltage, ...; "other": unknown. */
  readonly role: "scan" | "spectral" | "other";
}

/** The last axis of complex data: real and imaginary part. */
export const COMPLEX_AXIS: DraftAxis = Object.freeze({ name: "complex", size: 2, units: "", role: "other" });

/** What to read of a draft. */
export interface ReadRequest {
  /** A part, in the order of the draft's axes; left out: everything. */
  readonly block?: Block;
  /** Stops the reading. */
  readonly signal?: AbortSignal;
}

/** One signal of an open file, described but not read: what every format reader hands on. */
export interface Draft {
  readonly name: string;
  readonly path: string;
  /** Other words a user may choose it by. */
  readonly aliases: readonly string[];
  readonly format: string;
  readonly quantity: string;
  /** In the order of the file, slowest first. */
  readonly axes: readonly DraftAxis[];
  readonly dtype: string;
  readonly bytes: number;
  readonly packing: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  /** What was done to the data before they were written, where a file of ours says so. */
  readonly history?: readonly HistoryEntry[];
  /** Reads the numbers, or a block of them, in the order of `axes`. */
  read(request?: ReadRequest): Promise<Float32Array>;
  /** False where a block costs as much as the whole array, which must be unpacked first. Default true. */
  readonly isSeekable?: boolean;
  /** Sizes along `axes` of the pieces that the numbers are packed in: reading a part of a piece costs all of it. */
  readonly chunks?: readonly number[];
  /** What the options do to the numbers while they are read: one line of the history each. */
  readonly steps?: readonly { readonly operation: string; readonly options: Readonly<Record<string, unknown>> }[];
  /** The axis that is the energy where the user says that there is one: by the habit of the format, default the last. */
  readonly energyAxis?: number;
}

/** What a draft becomes: its kind, and which of its axes comes at which place. */
export interface Layout {
  readonly kind: Signal["kind"];
  /** Place i of the result is axis `order[i]` of the draft; -1 is an axis of size 1 that the file does not have. */
  readonly order: readonly number[];
}

/**
 * Two scan axes are an image, with one spectral axis a spectrum image; a line scan or a single spectrum is a spectrum
 * image with one row. Scan axes keep the order of the file: the slower one counts the rows. Anything else is an array.
 */
export function layoutOf({ axes }: Draft): Layout {
  const places = (role: DraftAxis["role"]) => axes.flatMap((axis, i) => (axis.role === role ? [i] : []));
  const scan = places("scan");
  const spectral = places("spectral");
  if (places("other").length === 0) {
    if (scan.length === 2 && spectral.length === 0) return { kind: "image", order: scan };
    if (scan.length <= 2 && spectral.length === 1) {
      return { kind: "spectrum-image", order: [...[-1, -1].slice(scan.length), ...scan, spectral[0]] };
    }
  }
  return { kind: "array", order: axes.map((_, i) => i) };
}

/** The draft with one axis taken as the spectral one: what the user says by giving an energy axis. */
export function withSpectralAxis(draft: Draft, place: number = draft.energyAxis ?? draft.axes.length - 1): Draft {
  if (!Number.isInteger(place) || place < 0 || place >= draft.axes.length) {
    throw new SpecbookError("OptionError", `${draft.path} has no such axis`, {
      got: `energy.axis ${place}`,
      needed: `0 to ${draft.axes.length - 1}, for its ${draft.axes.map(({ size }) => size).join(" x ")} points`,
      remedy: "count the axes from 0, in the order in which inspect shows them",
    });
  }
  const axes = draft.axes.map((axis, i) => ({
    ...axis,
    role: i === place ? ("spectral" as const) : ("scan" as const),
  }));
  return { ...draft, axes };
}
