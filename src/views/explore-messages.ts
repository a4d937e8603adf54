import type { Axis } from "../data";
import type { ScanShape } from "./scan-shapes";

/** A shape with the colour (its place among the accents of the figures) and name that it keeps. */
export interface PinnedShape {
  readonly name: string;
  readonly colour: number;
  readonly shape: ScanShape;
}

/** The shape that is drawn now, with the name and colour that it will keep when it is pinned: the first that are free. */
export function nextShape(pinned: readonly PinnedShape[], shape: ScanShape): PinnedShape {
  let colour = 0;
  while (pinned.some((one) => one.colour === colour)) colour++;
  return { name: `R${colour + 1}`, colour, shape };
}

/** Colour maps to choose from: their lightness rises evenly. */
export const EXPLORE_COLOURS = ["inferno", "viridis", "magma", "cividis", "gray"] as const;

/** The state that both halves of `explore` share. */
export interface ExploreState {
  readonly [name: string]: unknown;
  readonly axes: { readonly y: Axis; readonly x: Axis; readonly energy: Axis };
  /** Name of the image; null without one. */
  readonly imageName: string | null;
  readonly energyTitle: string;
  readonly intensityTitle: string;
  /** The region that is drawn now; null: none, the whole scan is averaged. */
  readonly region: ScanShape | null;
  readonly pinned: readonly PinnedShape[];
  /** The energy band of the map, [from, to] in the units of the axis. */
  readonly band: readonly [number, number];
  readonly colours: (typeof EXPLORE_COLOURS)[number];
  readonly logarithmic: boolean;
  readonly normalised: boolean;
  /** Share of the first pass through the data that is done; null where none is running. */
  readonly pass: number | null;
}

/** Numbers on a grid as they are sent: the values travel beside it. */
export interface SentGrid {
  readonly rows: number;
  readonly columns: number;
}

/** Asks for the mean spectrum of a shape (null: the whole scan) in the channels first..end - 1. */
export interface SpectrumQuestion {
  readonly who: string;
  readonly shape: ScanShape | null;
  readonly channels: readonly [number, number];
}

/** Answers it: one value a channel, or where there are too many, the lowest and the highest of each `step` channels. */
export interface SentSpectrum {
  readonly first: number;
  readonly step: number;
  /** Pixels averaged. */
  readonly pixels: number;
}

/** Asks for the map of an energy band. */
export interface MapQuestion {
  readonly who: string;
  readonly band: readonly [number, number];
}
