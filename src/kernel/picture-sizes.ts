import type { MimeBundle } from "../core/host";
import { PAGE_PIXELS_PER_METRE } from "../plot/png-encoder";

/** Sizes of the pictures of a bundle, in pixels of the page, by MIME type: what Jupyter's metadata of an output are. */
export type PictureSizes = Readonly<Record<string, { readonly width: number; readonly height: number }>>;

/**
 * The size at which a PNG of the bundle wants to be shown, where it states its resolution (pHYs chunk; our figures do, at
 * 1.5 picture pixels or fewer for one of the page). Without it HTML pages show one picture pixel for each of the page, and
 * two figures of one width come out different.
 */
export function pictureSizes(bundle: MimeBundle): PictureSizes {
  const text = bundle[PNG];
  const size = typeof text === "string" ? sizeOf(Buffer.from(text.slice(0, HEAD), "base64")) : undefined;
  return size === undefined ? {} : { [PNG]: size };
}

const PNG = "image/png";

/** Characters of base64 that hold the chunks before the pixels: header and resolution come first in what we write. */
const HEAD = 4096;

const SIGNATURE = "89504e470d0a1a0a";
const METRE = 1;

function sizeOf(png: Buffer): { width: number; height: number } | undefined {
  if (png.subarray(0, 8).toString("hex") !== SIGNATURE) return undefined;
  for (let at = 8; at + 21 <= png.length; at += 12 + png.readUInt32BE(at)) {
    const type = png.toString("latin1", at + 4, at + 8);
    if (type === "IDAT") return undefined;
    if (type !== "pHYs") continue;
    const [across, down] = [png.readUInt32BE(at + 8), png.readUInt32BE(at + 12)];
    if (png[at + 16] !== METRE || across === 0 || down === 0) return undefined;
    const pixels = (place: number, perMetre: number) =>
      Math.round((png.readUInt32BE(place) * PAGE_PIXELS_PER_METRE) / perMetre);
    return { width: pixels(16, across), height: pixels(20, down) };
  }
  return undefined;
}
