import { SpecbookError } from "../../core/errors";
import { checkRawArray } from "../raw-array";
import { type DmType, dmType, problemOf, storedShape } from "./data-types";
import type { Tag, TagArray, TagTree } from "./tag-tree";
import { entriesOf, isArray, isGroup, numberOf, tagAt, textOf } from "./tags";

/** One direction of an image, as the file calibrates it: value = (index - origin) * scale. */
export interface DmDimension {
  readonly size: number;
  readonly origin: number;
  readonly scale: number;
  readonly units: string;
}

/** One image of a file: its tags, put in order. */
export interface DmImage {
  /** Place in the list of images of the file, the thumbnail counted. */
  readonly index: number;
  readonly name: string;
  /** Fastest first, as DigitalMicrograph counts them: x, y, ... */
  readonly dimensions: readonly DmDimension[];
  readonly type: DmType;
  readonly data: TagArray;
  /** The numbers in the file, slowest first; undefined where the type does not go with the dimensions. */
  readonly stored: readonly number[] | undefined;
  /** Counts to another quantity: value = (stored - origin) * scale. */
  readonly intensity: Omit<DmDimension, "size">;
  readonly tags: Tag | undefined;
}

const MOST_DIMENSIONS = 16;

/** The images of a file without its thumbnail, which is a picture of the window for the file browser. */
export function imagesOf({ root }: TagTree, fileSize: number, path: string): DmImage[] {
  const thumbnails = new Set(entriesOf(tagAt(root, "Thumbnails")).map((tag) => numberOf(tagAt(tag, "ImageIndex"))));
  return entriesOf(tagAt(root, "ImageList")).flatMap((tag, index) => {
    const image = thumbnails.has(index) ? undefined : imageOf(tag, index, path);
    if (image !== undefined && image.type.problem === undefined) checkData(image, fileSize, path);
    return image === undefined ? [] : [image];
  });
}

function imageOf(tag: Tag, index: number, path: string): DmImage | undefined {
  const content = tagAt(tag, "ImageData");
  if (!isGroup(content)) return undefined;
  const name = textOf(tagAt(tag, "Name"));
  const sizes = entriesOf(tagAt(content, "Dimensions")).map(numberOf);
  const data = tagAt(content, "Data");
  if (sizes.length === 0 || sizes.includes(0)) return undefined;
  const isWhole = sizes.every((size) => size !== undefined && Number.isInteger(size) && size > 0);
  if (!isWhole || sizes.length > MOST_DIMENSIONS || !isArray(data)) {
    throw inconsistent(path, index, `dimensions ${sizes.join(" x ")} ${isArray(data) ? "" : "and no data"}`);
  }
  const calibrations = entriesOf(tagAt(content, "Calibrations", "Dimension"));
  const type = dmType(numberOf(tagAt(content, "DataType")));
  const dimensions = sizes.map((size = 1, i) => ({ size, ...calibration(calibrations[i]) }));
  return {
    index,
    name,
    dimensions,
    type,
    data,
    stored: storedShape(
      type,
      dimensions.map(({ size }) => size),
    ),
    intensity: calibration(tagAt(content, "Calibrations", "Brightness")),
    tags: tagAt(tag, "ImageTags"),
  };
}

/** What a file does not calibrate runs from 0 in steps of 1, without units. */
function calibration(tag: Tag | undefined): Omit<DmDimension, "size"> {
  return {
    origin: numberOf(tagAt(tag, "Origin")) ?? 0,
    scale: numberOf(tagAt(tag, "Scale")) ?? 1,
    units: textOf(tagAt(tag, "Units")),
  };
}

/** The type, the dimensions and the length of the data say the same thing three times. */
function checkData({ type, data, stored, index }: DmImage, fileSize: number, path: string): void {
  if (stored === undefined) throw inconsistent(path, index, `packed ${type.name} data that are not an even square`);
  const problem = problemOf(type, stored, data);
  if (problem !== undefined) throw inconsistent(path, index, problem);
  checkRawArray({ offset: data.position, shape: stored, type: { ...type.number, littleEndian: true } }, fileSize, path);
}

function inconsistent(path: string, index: number, got: string): SpecbookError {
  return new SpecbookError("FormatError", `image ${index} of "${path}" contradicts itself`, {
    got,
    needed: "data of the type and size that the tags of the image name",
    remedy: "copy or download the file again; if DigitalMicrograph opens it, save it again from there",
  });
}
