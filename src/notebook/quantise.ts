import type { IndexedPicture } from "../plot/png-encoder";

/** Red, green, blue, opacity of each pixel, row-major; the picture must be opaque. */
export interface ColourPicture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Where maps and colour bars are drawn, and how many colours they get. */
export interface DrawnPictures {
  /** One value a pixel, not 0 inside. */
  readonly inside: Uint8Array;
  readonly colours: number;
}

/**
 * Reduces an opaque picture to a palette by splitting colour boxes at their mean, widest variance first (a variant of
 * median cut: Heckbert, SIGGRAPH 16, 297 (1982), doi:10.1145/965145.801294). Nothing is dithered.
 * A picture that has no more than `colours` colours keeps every one exactly; plain areas, such as the symbols of a
 * legend, keep theirs in any case. The colours of `pictures` come on top: blurred edges of text cost maps none of theirs.
 */
export function quantise(picture: ColourPicture, colours = 256, pictures?: DrawnPictures): IndexedPicture {
  const { width, height } = picture;
  const keys = packed(picture);
  const parts = [counted(keys, (i) => pictures?.inside[i] !== 1)];
  if (pictures !== undefined) parts.push(counted(keys, (i) => pictures.inside[i] === 1));
  const plain = plainAreas(keys, width);
  const palette: number[] = [];
  const indices = parts.map((counts, part) => {
    const index = new Map<number, number>();
    for (const box of boxesOf(counts, plain, part === 0 ? colours : (pictures?.colours ?? 0))) {
      for (const key of box) index.set(key, palette.length / 3);
      palette.push(...mean(box, counts));
    }
    return index;
  });
  const pixels = keys.map((key, i) => indices[pictures?.inside[i] === 1 ? 1 : 0].get(key) ?? 0);
  return { width, height, pixels: Uint8Array.from(pixels), palette: Uint8Array.from(palette) };
}

/** Red, green and blue of each pixel as one number. */
function packed({ pixels }: ColourPicture): Int32Array {
  return Int32Array.from(
    { length: pixels.length / 4 },
    (_, i) => (pixels[4 * i] << 16) | (pixels[4 * i + 1] << 8) | pixels[4 * i + 2],
  );
}

/** How often each colour occurs among some pixels. */
function counted(keys: Int32Array, isMeant: (i: number) => boolean): Map<number, number> {
  const counts = new Map<number, number>();
  for (let i = 0; i < keys.length; i++) if (isMeant(i)) counts.set(keys[i], (counts.get(keys[i]) ?? 0) + 1);
  return counts;
}

/** The colours of a part of the picture in so many boxes: plain ones alone, the others together with their like. */
function boxesOf(counts: ReadonlyMap<number, number>, plain: ReadonlyMap<number, number>, colours: number) {
  if (counts.size <= colours) return [...counts.keys()].map((key) => [key]);
  const kept = plainColours(counts, plain, Math.floor(colours / 2));
  const rest = [...counts.keys()].filter((key) => !kept.includes(key));
  return [...kept.map((key) => [key]), ...cut(rest, counts, colours - kept.length)];
}

const SHIFTS = [16, 8, 0];

/** Pixels of a colour whose right and lower neighbours have it too: many in areas, none in thin lines and blurred text. */
function plainAreas(keys: Int32Array, width: number): Map<number, number> {
  const areas = new Map<number, number>();
  for (let i = 0; i + width + 1 < keys.length; i++) {
    const key = keys[i];
    if (keys[i + 1] === key && keys[i + width] === key && keys[i + width + 1] === key)
      areas.set(key, (areas.get(key) ?? 0) + 1);
  }
  return areas;
}

/** Fewest such pixels of a colour that is kept: a symbol of a legend is about 7 pixels wide. */
const PLAIN = 16;

/** Colours of plain areas, the largest first. */
function plainColours(counts: ReadonlyMap<number, number>, areas: ReadonlyMap<number, number>, most: number): number[] {
  const size = (key: number) => areas.get(key) ?? 0;
  const plain = [...counts.keys()].filter((key) => size(key) >= PLAIN);
  return plain.sort((a, b) => size(b) - size(a)).slice(0, most);
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
