import { SpecbookError } from "../core";
import { madeFromData } from "./option-errors";

/** Which data a model that reads one side of the samples is for. */
export interface OneSideOptions {
  /** [height, width, channels] of an image window, for a model of images. */
  readonly image?: readonly [number, number, number];
  /** Number of spectral channels, for a model of spectra. */
  readonly spectrum?: number;
  /** Which side it reads; only needed where both sizes are given, as by `...shapes(pairs)`. */
  readonly side?: "images" | "spectra";
}

/** Options whose side is settled. */
export type ResolvedSide = OneSideOptions & Required<Pick<OneSideOptions, "side">>;

/** The side that these options are for. */
export function chosenSide(kind: string, { image, spectrum, side }: OneSideOptions): "images" | "spectra" {
  const given = [...(image === undefined ? [] : ["images"]), ...(spectrum === undefined ? [] : ["spectra"])];
  const chosen = side ?? (given.length === 1 ? given[0] : undefined);
  if (chosen !== undefined && given.includes(chosen)) return chosen as "images" | "spectra"; // one of `given`
  throw new SpecbookError("OptionError", `${kind} needs to know whether it is for images or for spectra`, {
    got: side === undefined ? `sizes of ${given.join(" and of ") || "neither"}` : `side: ${JSON.stringify(side)}`,
    needed: "image: [height, width, channels] or spectrum: channels, and side where both are given",
    remedy: `${kind}({ ...shapes(samples), side: "spectra" })`,
  });
}

/** Shape of one sample. */
export function sampleShape({ image, spectrum, side }: ResolvedSide): readonly number[] {
  return side === "images" ? (image as readonly number[]) : [spectrum as number]; // `chosenSide` saw to it
}

/** Number of values of one sample. */
export function sampleSize(o: ResolvedSide): number {
  return sampleShape(o).reduce((a, b) => a * b, 1);
}

/** Throws unless the sizes of the data and the named options are whole numbers of at least 1. */
export function checkCounts(kind: string, o: ResolvedSide, counts: Readonly<Record<string, number>>): void {
  const sizes = o.side === "images" ? ["image height", "image width", "image channels"] : ["spectrum"];
  const all = [...sampleShape(o).map((size, i) => [sizes[i], size] as const), ...Object.entries(counts)];
  const wrong = all.find(([, value]) => !Number.isInteger(value) || value < 1);
  if (wrong === undefined) return;
  throw new SpecbookError("OptionError", `${kind} cannot be built with this ${wrong[0]}`, {
    got: `${wrong[0]} ${wrong[1]}`,
    needed: "a whole number of at least 1",
    remedy: `take the sizes from the data: ${madeFromData(kind)}`,
  });
}
