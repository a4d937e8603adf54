import { SpecbookError } from "../../core/errors";
import type { DraftAxis } from "../drafts";
import type { ReadOptions } from "../signals";

/** Rows and columns of a scan. */
export type Scan = NonNullable<ReadOptions["scan"]>;

/** The scan the user names, once it is sure that it has as many points as there are frames. */
export function checkScanOption(scan: Scan | undefined, frames: number, path: string): Scan | undefined {
  if (scan === undefined) return undefined;
  const { rows, columns } = scan;
  if (Number.isSafeInteger(rows) && Number.isSafeInteger(columns) && rows > 0 && rows * columns === frames) return scan;
  throw new SpecbookError("OptionError", `the option scan does not fit "${path}"`, {
    got: `scan ${JSON.stringify(scan)} for ${frames} frames`,
    needed: `whole numbers with rows x columns = ${frames}`,
    remedy: `write { scan: { rows: ${Math.max(1, Math.floor(Math.sqrt(frames)))}, columns: ... } }, or leave it out for a stack of frames`,
  });
}

/** Calibration of an axis, where the file tells it. */
export type Calibration = Pick<DraftAxis, "units" | "offset" | "scale">;

/** The two scan axes, or the one that counts frames, of a data set with a frame at every point; none for one frame. */
export function frameAxes(
  frames: number,
  scan: Scan | undefined,
  calibration: Calibration = { units: "" },
): DraftAxis[] {
  if (scan !== undefined) {
    return [
      { name: "y", size: scan.rows, ...calibration, role: "scan" },
      { name: "x", size: scan.columns, ...calibration, role: "scan" },
    ];
  }
  return frames === 1 ? [] : [{ name: "frame", size: frames, units: "", role: "other" }];
}

/** The axes of a frame: those of an image where there is nothing else, of a detector otherwise. */
export function detectorAxes(
  [rows, columns]: readonly [number, number],
  isAlone: boolean,
  calibrations: readonly [Calibration, Calibration] = [{ units: "" }, { units: "" }],
): DraftAxis[] {
  const role = isAlone ? "scan" : "other";
  return [
    { name: isAlone ? "y" : "detector y", size: rows, ...calibrations[0], role },
    { name: isAlone ? "x" : "detector x", size: columns, ...calibrations[1], role },
  ];
}
