import type { Axis } from "../data/axis";

/** Images or spectra. */
export type SideName = "images" | "spectra";

/** What the front end of a latent explorer is told once: the state `about`. */
export interface LatentAbout {
  /** Kind of the model. */
  readonly kind: string;
  /** Number of samples and of latents. */
  readonly count: number;
  readonly size: number;
  readonly scan: readonly [number, number];
  /** Scale bar of the scan: its length in scan pixels, and its text. */
  readonly bar: { readonly pixels: number; readonly text: string };
  /** Sides that the model decodes, and that the samples have. */
  readonly decoded: readonly SideName[];
  readonly measured: readonly SideName[];
  /** [height, width, channels] of a window, where there is one. */
  readonly window?: readonly [number, number, number];
  readonly energy?: Axis;
  readonly intensityTitle: string;
  /** Smallest and largest usual value of each side, in the units of the data. */
  readonly ranges: Readonly<Record<SideName, readonly [number, number]>>;
  readonly colours: readonly { readonly name: string; readonly title: string }[];
  /** Names of the model's classes; none for a model without. */
  readonly classes: readonly string[];
  /** Smallest, mean and largest value of each latent over the samples. */
  readonly spread: readonly (readonly [number, number, number])[];
  /** True where the model tells pose from content, so that decoded windows stand upright. */
  readonly posed: boolean;
}

/** `plane`: the samples in the plane of two latents. Buffers: x, y, and the lines of the density. */
export interface PlaneQuestion {
  readonly latents: readonly [number, number];
}
export interface PlaneAnswer {
  readonly range: { readonly x: readonly [number, number]; readonly y: readonly [number, number] };
  readonly titles: readonly [string, string];
}

/** `colours`: a number for each sample. Buffer: the numbers. */
export interface ColoursQuestion {
  readonly by: string;
}
export interface ColoursAnswer {
  readonly title: string;
  readonly range: readonly [number, number];
  readonly classes?: readonly string[];
}

/** `decode`: what the model decodes at a place of the plane. Buffers: image window and spectrum, empty where there is none. */
export interface DecodeQuestion {
  readonly latents: readonly [number, number];
  readonly x: number;
  readonly y: number;
  /** The other latents are those of this sample, ... */
  readonly like?: number;
  /** ... or these: one number for each latent, those of the plane unused. */
  readonly others?: readonly number[];
  /** Class to decode, where the model has classes; default that of the sample `like`. */
  readonly class?: number;
}
export interface DecodeAnswer {
  /** The point in the latent space, without classes. */
  readonly point: readonly number[];
  readonly class?: number;
  /** False where the model has been trained since the samples were placed. */
  readonly current: boolean;
}

/** `sample`: one sample. Buffers: measured window, measured spectrum, decoded window, decoded spectrum. */
export interface SampleQuestion {
  readonly index: number;
}
export interface SampleAnswer {
  readonly index: number;
  readonly row: number;
  readonly column: number;
  readonly point: readonly number[];
}

/** `selected`: the mean of the samples in the state `selection`. Buffers: mean window, mean spectrum, its deviation. */
export interface SelectedAnswer {
  readonly count: number;
}
