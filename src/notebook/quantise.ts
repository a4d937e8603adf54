import type { IndexedPicture } from "../plot/png-encoder";

/** Red, green, blue, opacity of each pixel, row-major; the picture must be opaque. */
export interface ColourPicture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/**
 * Reduces an opaque picture to a palette by splitting colour boxes at their mean, widest variance first (a variant of
 * median cut: Heckbert, SIGGRAPH 16, 297 (1982), doi:10.1145/965145.801294).
 * A picture that has no more than `colours` colours keeps every one exactly.
 */
export function quantise(picture: ColourPicture, colours = 256): IndexedPicture {
  const { width, height, pixels } = picture;
  const counts = new Map<number, number>();
  for (let i = 0; i < pixels.length; i += 4) {
    const key = (pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2];
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const frequent = plainColours(counts, width * height, Math.floor(colours / 3));
  const rest = [...counts.keys()].filter((key) => !frequent.includes(key));
  const boxes = [...frequent.map((key) => [key]), ...cut(rest, counts, colours - frequent.length)];
  const palette = new Uint8Array(3 * boxes.length);
  const index = new Map<number, number>();
  boxes.forEach((box, i) => {
    palette.set(mean(box, counts), 3 * i);
    for (const key of box) index.set(key, i);
  });
  const out = new Uint8Array(width * height);
  for (let i = 0; i < out.length; i++) {
    out[i] = index.get((pixels[4 * i] << 16) | (pixels[4 * i + 1] << 8) | pixels[4 * i + 2]) ?? 0;
  }
  return { width, height, pixels: out, palette };
}

const SHIFTS = [16, 8, 0];

/** Colours that fill at least a thousandth of the picture, most frequent first: areas, lines and text keep theirs. */
function plainColours(counts: ReadonlyMap<number, number>, pixels: number, most: number): number[] {
  const plain = [...counts].filter(([, n]) => n >= pixels / 1000);
  return plain
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([key]) => key);
}

/** A list of packed colours, and the channel along which they differ most. */
interface Box {
  readonly keys: readonly number[];
  readonly shift: number;
  readonly centre: number;
  /** Sum of weighted squared differences from the centre. */
  readonly spread: number;
}

/** Splits the box with the largest spread at its centre until there are enough boxes. */
function cut(keys: readonly number[], counts: ReadonlyMap<number, number>, colours: number): (readonly number[])[] {
  if (keys.length === 0) return [];
  const boxes = [measure(keys, counts)];
  while (boxes.length < colours) {
    let at = 0;
    for (let i = 1; i < boxes.length; i++) if (boxes[i].spread > boxes[at].spread) at = i;
    const { keys, shift, centre, spread } = boxes[at];
    if (spread === 0) break;
    boxes.push(
      measure(
        keys.filter((key) => ((key >> shift) & 255) > centre),
        counts,
      ),
    );
    boxes[at] = measure(
      keys.filter((key) => ((key >> shift) & 255) <= centre),
      counts,
    );
  }
  return boxes.map((box) => box.keys);
}

function measure(keys: readonly number[], counts: ReadonlyMap<number, number>): Box {
  const channels = SHIFTS.map((shift) => {
    let weight = 0;
    let sum = 0;
    let squares = 0;
    for (const key of keys) {
      // Square roots keep a large plain area (the background) from deciding the whole palette.
      const w = Math.sqrt(counts.get(key) ?? 0);
      const v = (key >> shift) & 255;
      weight += w;
      sum += w * v;
      squares += w * v * v;
    }
    return { keys, shift, centre: sum / weight, spread: keys.length < 2 ? 0 : squares - (sum * sum) / weight };
  });
  return channels.reduce((a, b) => (b.spread > a.spread ? b : a));
}

/** The mean colour of a box; the most frequent one where it holds more than half of the pixels (keeps white white). */
function mean(box: readonly number[], counts: ReadonlyMap<number, number>): number[] {
  const sum = [0, 0, 0];
  let total = 0;
  let top = box[0];
  for (const key of box) {
    const n = counts.get(key) ?? 0;
    total += n;
    if (n > (counts.get(top) ?? 0)) top = key;
    SHIFTS.forEach((shift, c) => {
      sum[c] += n * ((key >> shift) & 255);
    });
  }
  if ((counts.get(top) ?? 0) * 2 > total) return SHIFTS.map((shift) => (top >> shift) & 255);
  return sum.map((s) => Math.round(s / total));
}
