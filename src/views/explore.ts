import { checkMemory } from "../core/memory";
import { type Image, type SpectrumImage, type SpectrumSource, spectrumImage } from "../data";
import { imageName } from "../plot/overview";
import { binned } from "../plot/picture";
import type { VegaLiteSpec } from "../plot/spec";
import { energyTitle, intensityTitle, shapeWords } from "../plot/words";
import { bandMap, type Region, type RegionSpectrum, regionSpectrum } from "../signal";
import { energyChannels } from "../signal/energy-range";
import { envelope } from "./envelope";
import { bandAt, firstBand } from "./explore-band";
import { checkExplored } from "./explore-check";
import {
  type ExploreState,
  type MapQuestion,
  nextShape,
  type SentGrid,
  type SentSpectrum,
  type SpectrumQuestion,
} from "./explore-messages";
import { explorePicture } from "./explore-picture";
import { markDependents } from "./mark-dependents";
import { type Answer, answerQuestions } from "./questions";
import { type ScanReader, scanReader } from "./scan-reader";
import { regionOf, shapeOf } from "./scan-region";
import { type PixelRun, pixelCount, type ScanShape, shapeRuns } from "./scan-shapes";
import { Superseding } from "./superseding";
import { viewModule } from "./view-module";
import { Widget } from "./widget";

/** Longest side of an image or map that is sent; a finer one is averaged over squares. */
const LONGEST_SIDE = 1024;
/** Most values of a spectrum that are sent. */
const MOST_VALUES = 8192;

/** The picture of an open file is waited for so long, ms. */
const PATIENCE = 10_000;

/** What `explore` begins with. */
export interface ExploreOptions {
  /** First region; default none. */
  readonly region?: Region;
  /** First energy band, [from, to] in the units of the axis; default around the tallest peak. */
  readonly band?: readonly [number, number];
}

/** An interactive view of a spectrum image: what `explore` gives. */
export class ExploreView extends Widget {
  readonly spectra: SpectrumImage | SpectrumSource;
  readonly image: Image | undefined;
  readonly #matched: Image | undefined;
  readonly #reader: ScanReader;
  readonly #superseding = new Superseding();

  constructor(spectra: SpectrumImage | SpectrumSource, image: Image | undefined, options: ExploreOptions) {
    const matched = checkExplored(spectra, image);
    super({
      esm: viewModule("explore"),
      state: firstState(spectra, image, options),
      picture: () => this.#picture(),
    });
    this.spectra = spectra;
    this.image = image;
    this.#matched = matched;
    this.#reader = scanReader(spectra, (share) => this.set({ pass: share ?? null }));
    answerQuestions(this, {
      image: () => this.#answerImage(),
      spectrum: (question: SpectrumQuestion) => this.#answerSpectrum(question),
      map: (question: MapQuestion) => this.#answerMap(question),
    });
    markDependents(this, ["region", "pinned", "band"]);
  }

  /** The region drawn now, as `regionSpectrum`, `maskFromRegion` and `plot.spectra` take it; undefined where there is none. */
  get region(): Region | undefined {
    const { region } = this.#now;
    return region === null ? undefined : regionOf(region, this.spectra);
  }

  /** Draws a region: a rectangle, a mask of the scan, or undefined for none. */
  set region(region: Region | undefined) {
    this.set({ region: region === undefined ? null : shapeOf(region, this.spectra) });
  }

  /** The regions that were pinned for comparison, with their names: `plot.spectra(spectra, { regions: view.pinned })`. */
  get pinned(): readonly (Region & { readonly name: string })[] {
    return this.#now.pinned.map(({ name, shape }) => ({ ...regionOf(shape, this.spectra), name }));
  }

  /** The energy band of the map, [from, to] in eV, as `bandMap` takes it. */
  get band(): readonly [number, number] {
    return this.#now.band;
  }

  set band(band: readonly [number, number]) {
    this.set({ band: bandAt(this.spectra.axes.energy, band) });
  }

  /** Mean spectrum of the region, or of the whole scan where there is none, with its spread. */
  async spectrum(): Promise<RegionSpectrum> {
    return regionSpectrum(await this.#held("the spectra of the region"), this.region ?? {});
  }

  /** Map of the energy band: the mean of its channels at every pixel. */
  async map(): Promise<Image> {
    return bandMap(await this.#held("the map of the band"), { energy: this.band });
  }

  get #now(): ExploreState {
    return this.state as ExploreState; // as `firstState` made it, and the front end keeps it
  }

  async #held(what: string): Promise<SpectrumImage> {
    if (this.spectra.kind === "spectrum-image") return this.spectra;
    const { shape, axes, metadata, history } = this.spectra;
    const [rows, columns, channels] = shape;
    if (this.#reader.whole === undefined) {
      checkMemory(8 * rows * columns * channels, what, "read a part of the file with slice, and explore that");
    }
    const data = await (this.#reader.whole?.() ?? this.spectra.readRows(0, rows));
    return spectrumImage(data, shape, { axes, metadata, history });
  }

  #runs(shape: ScanShape | null): PixelRun[] {
    const [rows, columns] = this.spectra.shape;
    return shapeRuns(shape ?? { kind: "rectangle", rows: [0, rows], columns: [0, columns] }, [rows, columns]);
  }

  #bandMean(band: readonly [number, number], signal?: AbortSignal): Promise<Float32Array> {
    const { first, end } = energyChannels("explore", this.spectra.axes.energy, band);
    return this.#reader.bandMean(first, end, signal);
  }

  /** The view as a figure. A file that takes long to read is left to the view, which has to come and shows how far it is. */
  async #picture(): Promise<VegaLiteSpec | string> {
    if (this.spectra.kind === "spectrum-image") return this.#figure();
    const patience = new AbortController();
    const late = new Promise<string>((resolve) => {
      setTimeout(resolve, PATIENCE, `${shapeWords(this.spectra.axes)}, still being read: show the view again`).unref();
    });
    const picture = await Promise.race([this.#figure(patience.signal), late]);
    patience.abort(new Error("the view came without its picture"));
    return picture;
  }

  async #figure(signal?: AbortSignal): Promise<VegaLiteSpec> {
    const { axes, metadata } = this.spectra;
    const { region, pinned, band, colours, logarithmic, normalised } = this.#now;
    const shapes = region === null ? pinned : [...pinned, nextShape(pinned, region)];
    const drawn = shapes.length === 0 ? [null] : shapes.map(({ shape }) => shape);
    const spectra: Float32Array[] = [];
    for (const shape of drawn) spectra.push(await this.#reader.regionMean(this.#runs(shape), signal));
    const map = await this.#bandMean(band, signal);
    return explorePicture({
      ...{ axes, metadata, image: this.#matched, map, band, shapes, spectra },
      ...{ colours, logarithmic, normalised },
    });
  }

  #answerImage(): Answer {
    if (this.image === undefined) return { content: null };
    const { data, shape } = this.image;
    return sentGrid(data, shape[0], shape[1]);
  }

  #answerSpectrum({ who, shape, channels }: SpectrumQuestion): Promise<Answer> {
    return this.#superseding.run(who, async (signal) => {
      const runs = this.#runs(shape);
      const { values, step } = envelope(await this.#reader.regionMean(runs, signal), channels, MOST_VALUES);
      const content: SentSpectrum = { first: channels[0], step, pixels: pixelCount(runs) };
      return { content, buffers: [values] };
    });
  }

  #answerMap({ who, band }: MapQuestion): Promise<Answer> {
    return this.#superseding.run(who, async (signal) => {
      const [rows, columns] = this.spectra.shape;
      return sentGrid(await this.#bandMean(band, signal), rows, columns);
    });
  }
}

/**
 * Image and energy-band map side by side beside the spectrum, linked: move over a map and see the spectrum of each pixel,
 * draw a region (rectangle, ellipse, free hand) and see its mean spectrum, drag an energy band on the spectrum and see its
 * map; pin regions to compare them. Shown as the last value of a cell. What was drawn is there for the next cell:
 * `view.region`, `view.band`, `await view.spectrum()`, `await view.map()`.
 *
 * The kernel computes and sends only what is seen. An open file is read into memory at the first question where it fits in
 * half of the allowed memory, else each answer reads what it needs.
 *
 * @param spectra - a spectrum image, or an open file.
 * @param image - the image of the same scan; it may be finer than the spectra by whole numbers.
 * @throws OptionError for other values, ShapeError and AxisError where image and spectra are not of one scan (as
 * `matchScan`), AxisError for a band outside the axis
 * @example
 * const { image, spectra } = await load("scan.h5");
 * const view = explore(spectra, image);
 * view
 */
export function explore(
  spectra: SpectrumImage | SpectrumSource,
  image?: Image,
  options: ExploreOptions = {},
): ExploreView {
  return new ExploreView(spectra, image, options);
}

function firstState(
  spectra: SpectrumImage | SpectrumSource,
  image: Image | undefined,
  { region, band }: ExploreOptions,
): ExploreState {
  const { axes, metadata } = spectra;
  return {
    axes,
    imageName: image === undefined ? null : imageName(image),
    energyTitle: energyTitle(axes.energy),
    intensityTitle: intensityTitle(metadata),
    region: region === undefined ? null : shapeOf(region, spectra),
    pinned: [],
    band: band === undefined ? firstBand(spectra) : bandAt(axes.energy, band),
    colours: "inferno",
    logarithmic: false,
    normalised: false,
    pass: null,
  };
}

function sentGrid(data: ArrayLike<number>, rows: number, columns: number): Answer {
  const grid = binned({ data, rows, columns }, LONGEST_SIDE);
  const content: SentGrid = { rows: grid.rows, columns: grid.columns };
  return { content, buffers: [grid.data instanceof Float32Array ? grid.data : Float32Array.from(grid.data)] };
}
