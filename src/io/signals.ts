import type { Axis } from "../data/axis";
import type { HistoryEntry } from "../data/history";
import type { Image } from "../data/image";
import type { SpectrumImage } from "../data/spectrum-image";

/** Any other array of numbers of a file: a stack, a four-dimensional data set, a table. */
export interface ArraySignal {
  readonly kind: "array";
  readonly data: Float32Array;
  /** Slowest axis first. */
  readonly shape: readonly number[];
  readonly axes: readonly Axis[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly history: readonly HistoryEntry[];
}

/** What `read` returns: `kind` tells which. `metadata.name` and `metadata.path` say which part of the file it was. */
export type Signal = Image | SpectrumImage | ArraySignal;

/** An axis as a file describes it, converted to eV and nm where its units are known. */
export interface AxisInfo {
  readonly name: string;
  readonly size: number;
  /** "eV", "nm", other units as the file writes them, "px" where it gives none. */
  readonly units: string;
  readonly offset: number;
  readonly scale: number;
  /** What stands in the way of using it, e.g. that its points are not evenly spaced. */
  readonly problem?: string;
  /** The option of `ReadOptions` that settles the problem. */
  readonly remedy?: string;
}

/** What a file holds, told without reading the numbers. */
export interface SignalInfo {
  /** Name to choose it by: the last part of its path that tells it from the others, or its title. */
  readonly name: string;
  /** Path inside the file. */
  readonly path: string;
  readonly kind: Signal["kind"];
  /** The format or layout it was found in, e.g. "NSID", "HyperSpy", "DigitalMicrograph". */
  readonly format: string;
  /** What was measured, in the words of the file; empty where it says nothing. */
  readonly quantity: string;
  /** Slowest axis first, in the order in which `read` returns it. */
  readonly shape: readonly number[];
  readonly axes: readonly AxisInfo[];
  /** Type in the file: "float64", "uint16", ... */
  readonly dtype: string;
  /** Bytes of the numbers in the file's type, uncompressed. */
  readonly bytes: number;
  /** Filters the data are packed with, e.g. "gzip". */
  readonly packing: readonly string[];
}

/** The layout of a file of bare numbers. */
export interface RawLayout {
  /** Slowest axis first, e.g. `[256, 256, 2048]`. */
  readonly shape: readonly number[];
  /** Type of one number in the file. */
  readonly dtype:
    | "uint8"
    | "uint16"
    | "uint32"
    | "uint64"
    | "int8"
    | "int16"
    | "int32"
    | "int64"
    | "float16"
    | "float32"
    | "float64";
  /** Bytes before the first number. Default 0. */
  readonly offset?: number;
  /** Default "little". */
  readonly byteOrder?: "little" | "big";
}

/** How to read what a file does not tell by itself. */
export interface ReadOptions {
  /**
   * Energy axis, for files that have none or give it without units: value of the first channel and step, in `units`
   * (default "eV"). An offset or step that is left out is taken from the file: in `units` where they are given, which
   * then stand for those of the file, else in the file's own. "channel" leaves the axis uncalibrated.
   */
  readonly energy?: {
    readonly units?: "eV" | "meV" | "keV" | "channel";
    readonly offset?: number;
    readonly scale?: number;
    /**
     * Which axis of a three-dimensional array is the energy, where the file does not tell: counted from 0, in the order
     * in which `inspect` shows them. Default: as the programs that write the format have it, mostly the last.
     */
    readonly axis?: number;
  };
  /**
   * What complex numbers are read as: one real number each. Without it they keep both parts, as a last axis of two, and
   * are an array. The phase is in radians. Real data stay as they are.
   */
  readonly complex?: "modulus" | "phase" | "real" | "imaginary";
  /** Size of a scan pixel in nm, for files that do not give it. */
  readonly pixelSize?: number;
  /**
   * What happens to NaN and infinite values: "refuse" throws, "keep" leaves them and counts them in
   * `metadata.nonFinite`, "zero" replaces them and says so in the history. Default "refuse" in `load`, "keep" in `read`.
   */
  readonly nonFinite?: "refuse" | "keep" | "zero";
  /** What a file of bare numbers (.raw, .bin, .dat) holds: it does not say so itself, and it is never guessed. */
  readonly raw?: RawLayout;
  /**
   * Rows and columns of the scan, for 4D-STEM files that only number their frames (.mib, .mrc, EMPAD .raw). Without it
   * and without a word of the file they are a stack of frames.
   */
  readonly scan?: { readonly rows: number; readonly columns: number };
  /** Stops the reading of HDF5 data between blocks of 64 MiB. Default: the stop button of the running cell. */
  readonly signal?: AbortSignal;
}
