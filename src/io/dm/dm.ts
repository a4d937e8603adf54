import type { FileHandle } from "node:fs/promises";
import { createByteCursor } from "../byte-cursor";
import type { Draft } from "../drafts";
import { begins, type FileFormat } from "../format";
import { withFile } from "../open-file";
import { axesOf } from "./axes";
import { type DmImage, imagesOf } from "./images";
import { labelsOf, metadataOf } from "./metadata";
import { readImage } from "./read-image";
import { readTagTree } from "./tag-tree";
import { sizeOf } from "./tag-values";

/** Files of Gatan's DigitalMicrograph (GMS): a tree of tags with one image or several and a thumbnail. */
export const dmFormat: FileFormat = {
  name: "DigitalMicrograph 3 and 4",
  extensions: [".dm3", ".dm4"],
  recognises: ({ start }) => isDm(start),
  withDrafts: (path, work) =>
    withFile(path, async (file, size) => {
      const tree = await readTagTree(createByteCursor(file, size, path), path);
      const images = imagesOf(tree, size, path);
      const format = `DigitalMicrograph ${tree.version}`;
      return work(images.map((image) => draftOf(file, path, image, tree.littleEndian, format)));
    }),
};

/** Version, length (32 or 64 bits), byte order 0 or 1; a file that ends before is a cut one. */
function isDm(start: Uint8Array): boolean {
  const order = begins(start, [0, 0, 0, 3]) ? 8 : begins(start, [0, 0, 0, 4]) ? 12 : undefined;
  if (order === undefined) return false;
  return start.length < order + 4 || (begins(start.subarray(order), [0, 0, 0]) && start[order + 3] <= 1);
}

function draftOf(file: FileHandle, path: string, image: DmImage, littleEndian: boolean, format: string): Draft {
  const { name, index, type, data, tags } = image;
  const axes = axesOf(image);
  return {
    name: name === "" ? `image ${index}` : name,
    path: `ImageList/${index}`,
    aliases: labelsOf(tags),
    format,
    quantity: "",
    axes,
    dtype: type.name,
    bytes: data.count * sizeOf(data.of),
    packing: [],
    metadata: metadataOf(image),
    read: (request) => readImage(file, image, littleEndian, path, request),
    ...(type.layout === "packed" ? { isSeekable: false } : {}),
    energyAxis: 0, // its spectrum images have the energy slowest
  };
}
