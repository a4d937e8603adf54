import type { Calibration } from "../stem4d/scan";
import type { ImageJWords } from "./imagej";
import type { TiffPage } from "./page";

/** What a file tells of its axes: along columns, rows, and from image to image. */
export interface TiffCalibration {
  readonly x?: Calibration;
  readonly y?: Calibration;
  readonly z?: Calibration;
  /** Whose words these are, for the metadata; empty where there are none. */
  readonly source: string;
}

/** A way to find pixel sizes: undefined where the file is not of that kind. */
type Finder = (page: TiffPage, words: ImageJWords | undefined) => Promise<TiffCalibration | undefined>;

/** The calibration of an image, by the words of the program that wrote it, else by its resolution. */
export async function calibrationOf(page: TiffPage, words: ImageJWords | undefined): Promise<TiffCalibration> {
  for (const find of [digitalMicrograph, fei, zeiss, tvips, olympus, jeol, imageJ, resolution]) {
    const found = await find(page, words);
    if (found !== undefined) return found;
  }
  return { source: "" };
}

/** Gatan's private tags, which HyperSpy writes too: units, origin and scale of every axis. */
const digitalMicrograph: Finder = async ({ directory }) => {
  if (![65003, 65004, 65009, 65010].some((tag) => directory.has(tag))) return undefined;
  const axis = async (place: number): Promise<Calibration> => {
    const scale = await directory.number(65009 + place, Number.NaN);
    return {
      units: (await directory.text(65003 + place)).trim(),
      ...(usable(scale) ? { scale, offset: await directory.number(65006 + place, 0) } : {}),
    };
  };
  const z = directory.has(65011) ? { z: await axis(2) } : {};
  return { x: await axis(0), y: await axis(1), ...z, source: "DigitalMicrograph" };
};

/** FEI's microscopes write sections of text; pixel sizes are in metres. */
const fei: Finder = async ({ directory }) => {
  const tag = [34682, 34680].find((own) => directory.has(own));
  if (tag === undefined) return undefined;
  const text = await directory.text(tag);
  const value = (section: string, key: string) => {
    const part = new RegExp(`\\[${section}\\]([^[]*)`).exec(text)?.[1] ?? "";
    return Number(new RegExp(`(?:^|[\\r\\n])\\s*${key}\\s*=\\s*([^\\r\\n]*)`).exec(part)?.[1] ?? Number.NaN);
  };
  const x = value("Scan", "PixelWidth");
  const y = value("Scan", "PixelHeight");
  const infrared = ["H", "V"].map((side) => value("IRBeam", `${side}FW`));
  const pixels = ["X", "Y"].map((side) => value("Image", `Resolution${side}`));
  return usable(x) && usable(y)
    ? inMetres(x, y, "FEI")
    : inMetres(infrared[0] / pixels[0], infrared[1] / pixels[1], "FEI");
};

/** Zeiss: a text whose fourth line is the pixel size in metres on a display of 1,024 columns. */
const zeiss: Finder = async ({ directory, columns }) => {
  if (!directory.has(34118)) return undefined;
  const lines = (await directory.text(34118)).split(/\r\n|\r|\n/);
  const named = lines.findIndex((line) => line !== line.toLowerCase() && line === line.toUpperCase());
  const size = (Number((named < 0 ? lines : lines.slice(0, named))[3] || Number.NaN) * 1024) / columns;
  return inMetres(size, size, "Zeiss");
};

/** TVIPS EM-MENU, version 2 of its header: pixel sizes in nm as 32-bit floats behind 244 bytes of version 1. */
const tvips: Finder = async ({ directory, type }) => {
  const bytes = await directory.bytes(37706);
  if (bytes === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 244 + 6068 || view.getInt32(0, type.littleEndian) !== 2) return { source: "TVIPS" };
  const [x, y] = [2724, 2728].map((at) => view.getFloat32(244 + at, type.littleEndian));
  return { ...pixels(x, y, "nm"), source: "TVIPS" };
};

/** Olympus SIS: a table of 8-byte entries behind 60 bytes; entry 1 points to the pixel size and a power of ten. */
const olympus: Finder = async ({ directory }) => {
  const sizes = await directory.olympusPixelSize(33560);
  if (sizes === undefined) return directory.has(33560) ? { source: "Olympus" } : undefined;
  return inMetres(sizes[0], sizes[1], "Olympus");
};

/** JEOL's SightX: the resolution counts on the detector, magnification or camera length are in the description. */
const jeol: Finder = async ({ directory }) => {
  if (!(await directory.text(271)).startsWith("JEOL Ltd.")) return undefined;
  const text = await directory.text(270);
  const word = (tag: string) => new RegExp(`<${tag}>([^<]*)<`).exec(text)?.[1].trim() ?? "";
  const metres = (await directory.number(296, 2)) === 2 ? 0.0254 : 0.01;
  const [x, y] = [await directory.number(282, Number.NaN), await directory.number(283, Number.NaN)];
  const selected = Number(word("SelectorValue") || Number.NaN);
  if (word("EosMode") !== "eosTEM") return { source: "JEOL" };
  if (word("ModeString") === "MAG") return inMetres(metres / x / selected, metres / y / selected, "JEOL");
  if (word("ModeString") !== "DIFF") return { source: "JEOL" };
  const length = selected * ({ mm: 1e-3, cm: 1e-2 }[word("SelectorUnitString")] ?? 1);
  const scale = metres / (length * wavelength(Number(word("AccelerationVoltage"))) * 1e9);
  return { ...pixels(scale / x, scale / y, "1/nm"), source: "JEOL" };
};

/** Wavelength of electrons in metres at a voltage, relativistic; CODATA 2018. */
function wavelength(voltage: number): number {
  const [mass, charge, light, planck] = [9.1093837015e-31, 1.602176634e-19, 299_792_458, 6.62607015e-34];
  const energy = charge * voltage;
  return planck / Math.sqrt(2 * mass * energy * (1 + energy / (2 * mass * light ** 2)));
}

/** ImageJ: resolution in pixels per unit, origin in pixels; the spacing of a stack in the same unit. */
const imageJ: Finder = async ({ directory }, words) => {
  if (words === undefined || words.unit === "") return undefined;
  const [x, y] = [1 / (await directory.number(282, Number.NaN)), 1 / (await directory.number(283, Number.NaN))];
  const axis = (scale: number, origin: number): Calibration =>
    usable(scale) && scale > 0 ? { units: words.unit, scale, offset: -origin * scale } : { units: "" };
  // HyperSpy writes the step of any axis as a spacing, in the units of that axis.
  const isOwn = !(await directory.text(305)).startsWith("hyperspy");
  const z = usable(words.spacing) ? { z: { units: isOwn ? words.unit : "", scale: words.spacing, offset: 0 } } : {};
  return { x: axis(x, words.origin[0]), y: axis(y, words.origin[1]), ...z, source: "ImageJ" };
};

/** Finer than any printer or screen, so that a resolution for printing is not taken for a pixel size. */
const LARGEST_PIXEL = 1e-5;

/** Pixels per inch or centimetre. Programs write 72 or 300 without meaning it: then nothing is calibrated. */
const resolution: Finder = async ({ directory }) => {
  const unit = { 2: 0.0254, 3: 0.01 }[await directory.number(296, 2)] ?? Number.NaN;
  const sizes = [unit / (await directory.number(282, Number.NaN)), unit / (await directory.number(283, Number.NaN))];
  const isFine = sizes.every((size) => usable(size) && size > 0 && size <= LARGEST_PIXEL);
  return isFine ? inMetres(sizes[0], sizes[1], "resolution") : undefined;
};

function inMetres(x: number, y: number, source: string): TiffCalibration {
  return { ...pixels(x, y, "m"), source };
}

function pixels(x: number, y: number, units: string): Pick<TiffCalibration, "x" | "y"> {
  const isUsable = usable(x) && usable(y) && x > 0 && y > 0;
  return isUsable ? { x: { units, scale: x, offset: 0 }, y: { units, scale: y, offset: 0 } } : {};
}

function usable(scale: number | undefined): scale is number {
  return scale !== undefined && Number.isFinite(scale) && scale !== 0;
}
