import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { SpecbookError } from "../../core/errors";
import type { Draft } from "../drafts";
import { type FileFacts, type FileFormat, hasExtension } from "../format";
import type { NumberType } from "../number-types";
import { readExactly, withFile } from "../open-file";
import { rawDraft } from "../raw-draft";
import { checkScanOption, detectorAxes, frameAxes, type Scan } from "./scan";

const EDGE = 128;
/** The detector writes two more rows behind every frame. */
const ROWS = 130;
const FLOAT32: NumberType = { kind: "float", bytes: 4, littleEndian: true };
const FRAME = ROWS * EDGE * FLOAT32.bytes;
const LARGEST_XML = 2 ** 20;
const MOST_FILES = 1000;

/** EMPAD detectors (Tate et al., Microsc. Microanal. 22, 237 (2016)): frames in a .raw, the calibration in an .xml. */
export const empadFormat: FileFormat = {
  name: "EMPAD",
  extensions: [".raw", ".xml"],
  recognises: (facts) => isRaw(facts) || isXml(facts),
  withDrafts: async (path, work, { scan } = {}) => {
    const isDescription = hasExtension(path, [".xml"]);
    const raw = isDescription ? await rawOf(path) : path;
    const description = isDescription ? await describe(path) : await xmlOf(path);
    return withFile(raw, async (file, size) => work([empadDraft(file, size, raw, description, scan)]));
  },
};

function isRaw({ path, size, isFolder }: FileFacts): boolean {
  const scan = scanOfName(path);
  return !isFolder && scan !== undefined && scan.rows * scan.columns * FRAME === size;
}

function isXml({ path, start }: FileFacts): boolean {
  const text = Buffer.from(start).toString("latin1");
  return hasExtension(path, [".xml"]) && /^\s*(<\?xml[^>]*>\s*)?<root[\s>]/.test(text) && text.includes("<raw_file ");
}

/** "scan_x256_y128.raw": the name that the EMPAD's program gives. */
function scanOfName(path: string): Scan | undefined {
  const found = /_x(\d{1,5})_y(\d{1,5})\.raw$/i.exec(basename(path));
  return found === null ? undefined : { rows: Number(found[2]), columns: Number(found[1]) };
}

interface Description {
  /** The name of the .raw file: compared with names of the folder, never followed. */
  readonly rawName: string;
  readonly scan?: Scan;
  readonly frames?: number;
  /** Field of view of the whole scan in nm along y and x. */
  readonly field?: readonly [number, number];
  /** Step of the detector in 1/nm. */
  readonly step?: number;
}

function empadDraft(
  file: Parameters<typeof rawDraft>[0],
  size: number,
  path: string,
  description: Description | undefined,
  option: Scan | undefined,
): Draft {
  const named = description?.frames === undefined ? (description?.scan ?? scanOfName(path)) : undefined;
  const frames = description?.frames ?? (named === undefined ? Math.floor(size / FRAME) : named.rows * named.columns);
  if (frames === 0) throw unknown(path, `${size} bytes, less than one frame of ${FRAME}`);
  const scan = checkScanOption(option, frames, path) ?? named;
  const step = description?.step;
  const detector = step === undefined ? { units: "" } : { units: "1/nm", offset: (-EDGE / 2) * step, scale: step };
  const axes = frameAxes(frames, scan).map((axis, i) => {
    const field = description?.field?.[i];
    return axis.role !== "scan" || field === undefined
      ? axis
      : { ...axis, units: "nm", offset: 0, scale: field / axis.size };
  });
  const isAlone = axes.length === 0;
  const outer = axes.map((axis) => axis.size);
  return rawDraft(file, size, path, {
    name: basename(path).replace(/\.[^.]+$/, ""),
    format: "EMPAD",
    axes: [...axes, ...detectorAxes([EDGE, EDGE], isAlone, [detector, detector])],
    array: {
      offset: 0,
      shape: [...outer, EDGE, EDGE],
      type: FLOAT32,
      strides: [...outer.map((_, i) => outer.slice(i + 1).reduce((a, b) => a * b, FRAME)), EDGE * 4, 4],
    },
    metadata: { described: description !== undefined },
  });
}

async function describe(path: string): Promise<Description> {
  return withFile(path, async (file, size) => {
    if (size > LARGEST_XML) throw unknown(path, `${size} bytes`);
    const bytes = new Uint8Array(size);
    await readExactly(file, bytes, 0, path);
    return parse(Buffer.from(bytes).toString("utf8"));
  });
}

/** The few words of the description that are used; its tags have dots in their names, and no namespaces. */
function parse(text: string): Description {
  const content = (tag: string) => {
    const from = text.indexOf(`<${tag}>`);
    const to = from < 0 ? -1 : text.indexOf("<", from + tag.length + 2);
    return to < 0 ? "" : text.slice(from + tag.length + 2, to).trim();
  };
  const count = (tag: string) => (/^[1-9]\d{0,6}$/.test(content(tag)) ? Number(content(tag)) : undefined);
  const [columns, rows, frames] = [count("pix_x"), count("pix_y"), count("series_count")];
  const rawName = /<raw_file filename="([^"]{1,255})"/.exec(text)?.[1] ?? "";
  const scan = columns !== undefined && rows !== undefined ? { rows, columns } : scanOfName(rawName);
  const field = fieldOfView(content, scan);
  const step = 1e9 * Number(content("calibrated_pixelsize"));
  return {
    rawName: basename(rawName.replaceAll("\\", "/")),
    ...(scan === undefined ? {} : { scan }),
    ...(frames === undefined ? {} : { frames }),
    ...(field === undefined ? {} : { field }),
    ...(step > 0 && Number.isFinite(step) ? { step } : {}),
  };
}

/** In nm. Since version 1.2 one length, of the larger side, is written multiplied by a factor of its own. */
function fieldOfView(content: (tag: string) => string, scan: Scan | undefined): [number, number] | undefined {
  const both = content("optics.get_full_scan_field_of_view").replace(/[[\]]/g, "").split(",").map(Number);
  const one = Number(content("full_scan_field_of_view.x")) / Number(content("full_scan_field_of_view.scale_factor"));
  const isLength = (value: number) => Number.isFinite(value) && value > 0;
  if (both.length === 2 && both.every(isLength)) return [both[0] * 1e9, both[1] * 1e9];
  if (scan === undefined || !isLength(one)) return undefined;
  const pixel = (one * 1e9) / Math.max(scan.rows, scan.columns);
  return [pixel * scan.rows, pixel * scan.columns];
}

/** The .raw file that a description belongs to: of the names in its own folder, the one it ends like. */
async function rawOf(path: string): Promise<string> {
  const { rawName } = await describe(path);
  const names = await namesBeside(path, ".raw");
  const fitting = rawName === "" ? [] : names.filter((name) => name === rawName);
  const similar = rawName === "" ? [] : names.filter((name) => name.endsWith(rawName));
  const found = fitting.length > 0 ? fitting : similar;
  if (found.length === 1) return join(dirname(path), found[0]);
  throw unknown(
    path,
    found.length === 0 ? `no file "${rawName}" in its folder` : `${found.join(" and ")} in its folder`,
  );
}

/** The only description beside a .raw file that names it and has its scan; undefined without one. */
async function xmlOf(path: string): Promise<Description | undefined> {
  const own = basename(path);
  const found: Description[] = [];
  for (const name of await namesBeside(path, ".xml")) {
    const beside = join(dirname(path), name);
    const info = await stat(beside).catch(() => undefined);
    if (info?.isFile() !== true || info.size > LARGEST_XML) continue;
    const description = await describe(beside);
    const { rawName, scan } = description;
    const named = scanOfName(path);
    const isSame =
      scan !== undefined && named !== undefined && scan.rows === named.rows && scan.columns === named.columns;
    if (rawName !== "" && own.endsWith(rawName) && isSame) found.push(description);
  }
  return found.length === 1 ? found[0] : undefined;
}

async function namesBeside(path: string, extension: string): Promise<string[]> {
  const names = await readdir(dirname(path)).catch(() => []);
  return names.filter((name) => hasExtension(name, [extension])).slice(0, MOST_FILES);
}

function unknown(path: string, got: string): SpecbookError {
  return new SpecbookError("FormatError", `"${path}" has no complete EMPAD data`, {
    got,
    needed: "the .raw file of the same acquisition in the same folder",
    remedy: "put the two files in one folder, or give the .raw file itself",
  });
}
