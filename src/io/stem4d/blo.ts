import { basename } from "node:path";
import { SpecbookError } from "../../core/errors";
import type { Draft } from "../drafts";
import { begins, type FileFormat } from "../format";
import type { NumberType } from "../number-types";
import { readExactly, withFile } from "../open-file";
import { rawDraft } from "../raw-draft";
import { detectorAxes, frameAxes } from "./scan";

const SIGNATURE = [0x49, 0x4d, 0x47, 0x42, 0x4c, 0x4f]; // "IMGBLO"
const UINT8: NumberType = { kind: "uint", bytes: 1, littleEndian: true };
const HEADER = 240;
/** Before every pattern: AA 55 and its number. */
const FRAME_HEADER = 6;

/** Block files of precession electron diffraction (NanoMEGAS ASTAR): a virtual image, and a pattern for every point. */
export const bloFormat: FileFormat = {
  name: "NanoMEGAS .blo",
  extensions: [".blo"],
  recognises: ({ start }) => begins(start, SIGNATURE),
  withDrafts: (path, work) =>
    withFile(path, async (file, size) => {
      const header = Buffer.alloc(HEADER);
      await readExactly(file, header, 0, path);
      const [columns, rows, edge] = [24, 26, 20].map((at) => header.readUInt16LE(at));
      const [imageOffset, offset] = [8, 12].map((at) => header.readUInt32LE(at));
      if (columns * rows * edge === 0 || header.readUInt16LE(6) !== 0x0102) {
        throw new SpecbookError("FormatError", `"${path}" is not a complete block file`, {
          got: `a scan of ${rows} x ${columns}, patterns of ${edge} x ${edge}, version ${header.readUInt16LE(6)}`,
          needed: "positive sizes and version 258",
          remedy: "copy or download the file again: this copy is damaged",
        });
      }
      const frame = FRAME_HEADER + edge * edge;
      const perCentimetre = header.readUInt16LE(50) / 100;
      const detector = { units: "cm", ...(perCentimetre > 0 ? { offset: 0, scale: 1 / perCentimetre } : {}) };
      const [y, x] = frameAxes(rows * columns, { rows, columns }, { units: "nm", offset: 0 });
      const axes = [
        { ...y, scale: header.readDoubleLE(38) },
        { ...x, scale: header.readDoubleLE(30) },
      ];
      const name = basename(path).replace(/\.[^.]+$/, "");
      const metadata = {
        instrument: { beamEnergyKeV: header.readUInt32LE(46) / 1000, cameraLength: header.readUInt32LE(52) / 10 },
        scanRotationDegrees: header.readUInt16LE(28) / 100,
      };
      const patterns = rawDraft(file, size, path, {
        name,
        format: "NanoMEGAS",
        axes: [...axes, ...detectorAxes([edge, edge], false, [detector, detector])],
        array: {
          offset: offset + FRAME_HEADER,
          shape: [rows, columns, edge, edge],
          type: UINT8,
          strides: [columns * frame, frame, edge, 1],
        },
        metadata,
      });
      const drafts: Draft[] = [patterns];
      if (imageOffset >= HEADER && imageOffset + rows * columns <= offset) {
        const array = { offset: imageOffset, shape: [rows, columns], type: UINT8 };
        const image = { name: "virtual image", format: "NanoMEGAS", axes, array, metadata };
        drafts.push(rawDraft(file, size, path, image));
      }
      return work(drafts);
    }),
};
