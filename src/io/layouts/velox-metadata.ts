import type { DraftAxis } from "../drafts";
import { describeDataset, readFloat32 } from "../hdf5/dataset";
import type { Hdf5File } from "../hdf5/file";
import { instrument } from "../instrument";
import { jsonNumber, jsonText, member, members, parseJson } from "../json";

const LONGEST = 2 ** 22;

/** The metadata of the first frame of a Velox signal: JSON in the first column of a matrix of bytes, filled with zeros. */
export async function veloxMetadata(file: Hdf5File, path: string): Promise<unknown> {
  const dataset = describeDataset(file, path);
  const { shape, type } = dataset;
  if (type?.bytes !== 1 || shape.length !== 2 || shape[0] > LONGEST || shape[1] === 0) return undefined;
  const column = await readFloat32(file, dataset, { block: { offset: [0, 0], count: [shape[0], 1] } });
  const end = column.indexOf(0);
  return parseJson(new TextDecoder().decode(Uint8Array.from(end < 0 ? column : column.subarray(0, end))));
}

/** The name of the detector that took a signal; empty where the metadata do not tell. */
export function detectorName(metadata: unknown): string {
  return (
    jsonText(member(metadata, "BinaryResult", "Detector")) || jsonText(member(ownDetector(metadata), "DetectorName"))
  );
}

function ownDetector(metadata: unknown): unknown {
  const index = jsonNumber(member(metadata, "BinaryResult", "DetectorIndex"));
  return index === undefined ? undefined : member(metadata, "Detectors", `Detector-${index}`);
}

/** The y and x axes of a scan or image: pixel size and offset in the units of the file, metres as a rule. */
export function scanAxes(metadata: unknown, rows: number, columns: number): [y: DraftAxis, x: DraftAxis] {
  const own = member(metadata, "BinaryResult");
  const axis = (name: "y" | "x", size: number): DraftAxis => ({
    name,
    size,
    units: jsonText(member(own, name === "y" ? "PixelUnitY" : "PixelUnitX")),
    offset: jsonNumber(member(own, "Offset", name)),
    scale: jsonNumber(member(own, "PixelSize", name === "y" ? "height" : "width")),
    role: "scan",
  });
  return [axis("y", rows), axis("x", columns)];
}

/** Energies of an X-ray spectrum: dispersion and offset, in eV, of the detector that the metadata name. */
export function xrayAxis(metadata: unknown, channels: number): DraftAxis {
  const name = detectorName(metadata);
  const named = members(member(metadata, "Detectors")).find(
    ([, detector]) => name !== "" && jsonText(member(detector, "DetectorName")).includes(name),
  );
  const detector = ownDetector(metadata) ?? named?.[1];
  return {
    name: "X-ray energy",
    size: channels,
    units: "eV",
    offset: jsonNumber(member(detector, "OffsetEnergy")),
    scale: jsonNumber(member(detector, "Dispersion")),
    role: "spectral",
  };
}

/** Rows and columns of the scanned part of the raster; undefined where the metadata do not tell. */
export function scanShape(metadata: unknown): [rows: number, columns: number] | undefined {
  const of = (side: "height" | "width", from: string, to: string) => {
    const whole = jsonNumber(member(metadata, "Scan", "ScanSize", side));
    const area = member(metadata, "Scan", "ScanArea");
    const share = (jsonNumber(member(area, to)) ?? 1) - (jsonNumber(member(area, from)) ?? 0);
    return Math.round((whole ?? 0) * share);
  };
  const shape: [number, number] = [of("height", "top", "bottom"), of("width", "left", "right")];
  return shape[0] > 0 && shape[1] > 0 ? shape : undefined;
}

/** Seconds from one frame to the next; undefined where the metadata do not tell. */
export function frameTime(metadata: unknown): number | undefined {
  return jsonNumber(member(metadata, "Scan", "FrameTime")) ?? jsonNumber(member(ownDetector(metadata), "ExposureTime"));
}

/** What users look for in the metadata, in the words of `Instrument`; `original` is all of it. */
export function veloxWords(metadata: unknown): Record<string, unknown> {
  const volts = jsonNumber(member(metadata, "Optics", "AccelerationVoltage"));
  const cameraLength = jsonNumber(member(metadata, "Optics", "CameraLength"));
  const start = jsonNumber(member(metadata, "Acquisition", "AcquisitionStartDatetime", "DateTime"));
  return {
    detector: detectorName(metadata),
    ...(start === undefined || Math.abs(start) > 1e11 ? {} : { date: new Date(start * 1e3).toISOString() }),
    instrument: instrument({
      microscope: jsonText(member(metadata, "Instrument", "InstrumentClass")),
      beamEnergyKeV: volts === undefined ? undefined : volts / 1e3,
      cameraLength: cameraLength === undefined ? undefined : cameraLength * 1e3,
      magnification: jsonNumber(member(metadata, "CustomProperties", "StemMagnification", "value")),
      dwellSeconds: jsonNumber(member(metadata, "Scan", "DwellTime")),
      frameSeconds: jsonNumber(member(metadata, "Scan", "FrameTime")),
    }),
    original: metadata,
  };
}
