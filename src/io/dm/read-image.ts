import type { FileHandle } from "node:fs/promises";
import { SpecbookError } from "../../core/errors";
import { checkMemory } from "../../core/memory";
import { type Block, cutBlock } from "../block";
import type { ReadRequest } from "../drafts";
import { readRawArray } from "../raw-array";
import type { DmImage } from "./images";
import { unpackComplex } from "./packed-complex";

/** Reads an image, or a block of it. */
export async function readImage(
  file: FileHandle,
  image: DmImage,
  littleEndian: boolean,
  path: string,
  { block, signal }: ReadRequest = {},
): Promise<Float32Array> {
  const { type, data, stored } = image;
  if (type.problem !== undefined || stored === undefined) throw unreadable(image, path);
  const array = { offset: data.position, shape: stored, type: { ...type.number, littleEndian } };
  if (type.layout === "packed") {
    const [size] = stored;
    checkMemory(12 * size * size, `"${path}" unpacked`, "convert it to complex in DigitalMicrograph");
    const whole = unpackComplex(await readRawArray(file, array, path, { signal }), size);
    return block === undefined ? whole : cutBlock(whole, [size, size, 2], block);
  }
  if (type.layout !== "colour") return readRawArray(file, array, path, { block, signal });
  const count = [...stored.slice(0, -1), type.name === "rgb" ? 3 : 4];
  const wanted = block ?? { offset: count.map(() => 0), count };
  const bytes = await readRawArray(file, array, path, { block: wholeColours(wanted), signal });
  return pickColours(bytes, wanted, littleEndian);
}

function wholeColours({ offset, count }: Block): Block {
  return { offset: [...offset.slice(0, -1), 0], count: [...count.slice(0, -1), 4] };
}

/** A colour is one integer 0xAARRGGBB: its bytes are turned round in little-endian files. */
function pickColours(bytes: Float32Array, { offset, count }: Block, littleEndian: boolean): Float32Array {
  const places = littleEndian ? [2, 1, 0, 3] : [1, 2, 3, 0]; // red, green, blue, alpha
  const first = offset[offset.length - 1];
  const colours = places.slice(first, first + count[count.length - 1]);
  const result = new Float32Array((bytes.length / 4) * colours.length);
  for (let from = 0, to = 0; from < bytes.length; from += 4) {
    for (const place of colours) result[to++] = bytes[from + place];
  }
  return result;
}

function unreadable({ index, type }: DmImage, path: string): SpecbookError {
  return new SpecbookError("FormatError", `image ${index} of "${path}" cannot be read`, {
    got: type.problem ?? "data that fit no type",
    needed: "integers, floats, complex numbers, bool or colours of 8 bits",
    remedy: "in DigitalMicrograph change its data type to 4-byte real (Edit, Change Data Type) and save it again",
  });
}
