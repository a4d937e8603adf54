import {
  type ExploreState,
  nextShape,
  type PinnedShape,
  type SentGrid,
  type SentSpectrum,
} from "../../../views/explore-messages";
import type { ScanShape } from "../../../views/scan-shapes";
import type { FrontEndModel } from "../../front-end-module";
import { type Ask, asking, floats, newestOnly } from "../ask";
import type { MapGrid, Pixel } from "./map-panel";
import type { Curve } from "./spectrum-panel";

/** Most channels that are sent as they are; of more, an envelope of those in view. */
const MOST_CHANNELS = 8192;
/** After this long (ms) a newer question no longer waits for the answer of the last one. */
const PATIENCE = 400;

/** A spectrum with what it is the mean of. */
export interface Mean extends Pick<Curve, "values" | "first" | "step"> {
  readonly shape: ScanShape | null;
  readonly pixels: number;
}

/** Called when numbers have come: which of them, or what went wrong. */
export interface StoreListener {
  image(grid: MapGrid): void;
  map(grid: MapGrid): void;
  spectra(): void;
  trouble(message: string): void;
  /** A question was answered, or refused. */
  settled(): void;
}

/** The numbers that the view shows, as the kernel answers; only the newest question of each kind counts. */
export class Store {
  /** Mean of the region that is drawn now. */
  region: Mean | undefined;
  /** Spectrum of the pixel under the cursor. */
  cursor: Mean | undefined;
  /** Mean of the whole scan. */
  scan: Mean | undefined;
  readonly pinned = new Map<string, Mean>();
  /** Pinned regions whose mean is on its way, with the channels asked for. */
  readonly #asked = new Map<string, readonly [number, number]>();
  readonly #model: FrontEndModel;
  readonly #ask: Ask;
  readonly #listener: StoreListener;
  readonly #who = Math.random().toString(36).slice(2);
  #waiting = 0;
  /** The channels in view, [first, end]. */
  channels: readonly [number, number];

  constructor(model: FrontEndModel, listener: StoreListener) {
    this.#model = model;
    this.#ask = asking(model);
    this.#listener = listener;
    this.channels = [0, this.state("axes").energy.size];
  }

  /** A value of the shared state. */
  state<K extends string & keyof ExploreState>(name: K): ExploreState[K] {
    return this.#model.get(name) as ExploreState[K]; // as the kernel's half made it
  }

  /** Gives a name of the shared state another value; `isFinal` tells the kernel. */
  set<K extends string & keyof ExploreState>(name: K, value: ExploreState[K], isFinal = true): void {
    this.#model.set(name, value);
    if (isFinal) this.#model.save_changes();
  }

  /** True while an answer is awaited. */
  get isWaiting(): boolean {
    return this.#waiting > 0;
  }

  /** Regions to draw: the pinned ones, and the one that is drawn now last. */
  shapes(): PinnedShape[] {
    const [pinned, region] = [this.state("pinned"), this.state("region")];
    return region === null ? [...pinned] : [...pinned, nextShape(pinned, region)];
  }

  /** Spectra to draw, the one under the cursor last. */
  curves(): Curve[] {
    const shapes = this.shapes();
    const { region, cursor, scan } = this;
    const isCurrent = (i: number) => this.state("region") !== null && i === shapes.length - 1;
    const named = shapes.flatMap(({ name, colour, shape }, i) => {
      const mean = isCurrent(i) ? region : this.pinned.get(JSON.stringify(shape));
      return mean === undefined ? [] : [{ ...mean, name, colour }];
    });
    const whole = shapes.length === 0 && scan !== undefined ? [{ ...scan, name: "scan", colour: "scan" as const }] : [];
    return [
      ...whole,
      ...named,
      ...(cursor === undefined ? [] : [{ ...cursor, name: "cursor", colour: "cursor" as const }]),
    ];
  }

  /** Asks for the image, once. */
  async askImage(): Promise<void> {
    await this.#guarded(async () => {
      const { content, buffers } = await this.#ask<SentGrid | null>("image", null);
      if (content !== null) this.#listener.image({ ...content, data: floats(buffers[0]) });
    });
  }

  readonly askMap = newestOnly<readonly [number, number]>(async (band, isNewest) => {
    await this.#guarded(async () => {
      const { content, buffers } = await this.#ask<SentGrid>("map", { who: `${this.#who} map`, band });
      if (isNewest()) this.#listener.map({ ...content, data: floats(buffers[0]) });
    }, isNewest);
  }, PATIENCE);

  /** Asks for the mean of a region; null: of the whole scan. */
  askRegion(shape: ScanShape | null): void {
    if (shape === null) this.region = undefined; // it must not stand under the name of the next one
    this.#askRegion(shape);
  }

  readonly #askRegion = newestOnly<ScanShape | null>(async (shape, isNewest) => {
    await this.#guarded(async () => {
      const mean = await this.#mean(shape === null ? "scan" : "region", shape);
      if (!isNewest()) return;
      if (shape === null) this.scan = mean;
      else this.region = mean;
      this.#listener.spectra();
    }, isNewest);
  }, PATIENCE);

  readonly askCursor = newestOnly<Pixel | undefined>(async (pixel, isNewest) => {
    await this.#guarded(async () => {
      const mean = pixel === undefined ? undefined : await this.#mean("cursor", pixelShape(pixel));
      if (!isNewest()) return;
      this.cursor = mean;
      this.#listener.spectra();
    }, isNewest);
  }, PATIENCE);

  /** Asks for the spectra of the pinned regions that are not there yet. */
  async askPinned(): Promise<void> {
    for (const { shape } of this.state("pinned")) {
      const key = JSON.stringify(shape);
      const { channels } = this;
      if (this.pinned.has(key) || this.#asked.get(key) === channels) continue;
      this.#asked.set(key, channels);
      const isNewest = () => this.channels === channels;
      await this.#guarded(async () => {
        const mean = await this.#mean(`pinned ${key}`, shape);
        if (!isNewest()) return;
        this.pinned.set(key, mean);
        this.#listener.spectra();
      }, isNewest);
      if (this.#asked.get(key) === channels) this.#asked.delete(key);
    }
  }

  /** Takes note of the channels in view, and asks anew where only an envelope was sent. */
  look(channels: readonly [number, number]): void {
    const size = this.state("axes").energy.size;
    const wanted: readonly [number, number] = size <= MOST_CHANNELS ? [0, size] : channels;
    if (wanted[0] === this.channels[0] && wanted[1] === this.channels[1]) return;
    this.channels = wanted;
    this.pinned.clear();
    this.askRegion(this.state("region"));
    void this.askPinned();
  }

  async #mean(kind: string, shape: ScanShape | null): Promise<Mean> {
    const question = { who: `${this.#who} ${kind}`, shape, channels: this.channels };
    const { content, buffers } = await this.#ask<SentSpectrum>("spectrum", question);
    return { ...content, shape, values: floats(buffers[0]) };
  }

  async #guarded(work: () => Promise<void>, isNewest: () => boolean = () => true): Promise<void> {
    this.#waiting++;
    this.#listener.settled();
    try {
      await work();
    } catch (error) {
      if (isNewest()) this.#listener.trouble(error instanceof Error ? error.message : String(error));
    } finally {
      this.#waiting--;
      this.#listener.settled();
    }
  }
}

function pixelShape({ row, column }: Pixel): ScanShape {
  return { kind: "rectangle", rows: [row, row + 1], columns: [column, column + 1] };
}
