/** What ImageJ, or a writer in its manner, says in the description of the first image. */
export interface ImageJWords {
  /** Images of the stack; only the first may have a directory. */
  readonly images: number;
  /** Channels, slices and frames, slowest first: frames, slices, channels. */
  readonly dimensions: readonly { readonly name: string; readonly size: number }[];
  /** Unit of the pixel size as written; empty for pixels. */
  readonly unit: string;
  readonly spacing: number;
  /** Pixel that the coordinates count from, along x and y. */
  readonly origin: readonly [number, number];
}

/** Reads lines such as `images=5` and `unit=micron`; undefined for other descriptions. */
export function parseImageJ(description: string): ImageJWords | undefined {
  if (!description.startsWith("ImageJ=")) return undefined;
  const lines = description.split(/\r?\n/).slice(0, 1000);
  const words = new Map(lines.map((line) => [line.split("=")[0], line.slice(line.indexOf("=") + 1).trim()]));
  const count = (name: string) => (/^[1-9]\d{0,8}$/.test(words.get(name) ?? "") ? Number(words.get(name)) : 1);
  const number = (name: string) => Number(words.get(name) || Number.NaN);
  const unit = (words.get("unit") ?? "").replace(/\\u([0-9a-fA-F]{4})/g, (_, code) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  return {
    images: count("images"),
    dimensions: [
      { name: "frame", size: count("frames") },
      { name: "slice", size: count("slices") },
      { name: "channel", size: count("channels") },
    ],
    unit: /^(pixels?|px)?$/i.test(unit) ? "" : unit,
    spacing: number("spacing"),
    origin: [number("xorigin") || 0, number("yorigin") || 0],
  };
}

const AXES: Readonly<Record<string, string>> = {
  T: "frame",
  Z: "slice",
  C: "channel",
  I: "page",
  Q: "axis",
  S: "sample",
};

/**
 * The shape that the library tifffile writes as JSON into the description, without the axes of a single image, with the
 * names of the axes where it tells them; undefined for other descriptions.
 */
export function parseShaped(
  description: string,
  inner: readonly number[],
): { name: string; size: number }[] | undefined {
  if (!description.startsWith("{") || description.length > 2 ** 16) return undefined;
  try {
    const { shape, axes } = JSON.parse(description) as { shape?: unknown; axes?: unknown };
    if (!Array.isArray(shape) || shape.length > 32 || !shape.every((n) => Number.isSafeInteger(n) && n > 0))
      return undefined;
    const outer = shape.slice(0, shape.length - inner.length);
    const isSame = inner.every((size, i) => shape[outer.length + i] === size);
    const letters = typeof axes === "string" && axes.length === shape.length ? axes : "";
    return isSame ? outer.map((size, i) => ({ name: AXES[letters[i]] ?? `axis ${i}`, size })) : undefined;
  } catch {
    return undefined; // a description that only looks like JSON
  }
}
