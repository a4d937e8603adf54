import { writeFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { image } from "../../../src/data/image";
import { spectrumImage } from "../../../src/data/spectrum-image";
import { save } from "../../../src/io/save";
import { npyBytes } from "../../../src/io/saving/npz";
import type { ReadOptions } from "../../../src/io/signals";
import { dmFile, spectrumImageTags } from "../../support/write-dm";
import hdf5 from "../fixtures/hdf5-files.json";
import layouts from "../fixtures/layout-files.json";
import mat from "../fixtures/mat-files.json";
import stem4d from "../fixtures/stem4d-files.json";
import tiff from "../fixtures/tiff-files.json";
import zarr from "../fixtures/zarr-files.json";
import zspy from "../fixtures/zspy-files.json";

/** A format on trial. */
export interface DamageCase {
  readonly format: string;
  /** Name of the format in FORMATS. */
  readonly reader: string;
  /** What checks the numbers in such a file; empty where nothing does. Then damage may come out as other numbers. */
  readonly checkSum: string;
  readonly ending: string;
  readonly options?: ReadOptions;
  /** Files that may stay open: a filter of another make that aborts in the middle leaves HDF5 no way to close its file. */
  readonly mostOpen?: number;
  /** Writes the whole file. */
  write(path: string): Promise<void> | void;
}

const numbers = (size: number) => Float32Array.from({ length: size }, (_, i) => 1 + Math.sin(i) / 3 + i / 7);
const spectra = spectrumImage(numbers(3 * 4 * 16), [3, 4, 16]);
const pair = { haadf: image(numbers(12), [3, 4]), spectra };
const saved = (gzip: boolean) => (path: string) => save(pair, path, { gzip });
const packed = (text: string) => (path: string) => writeFileSync(path, inflateSync(Buffer.from(text, "base64")));
const archive = (base64: string) => (path: string) => writeFileSync(path, Buffer.from(base64, "base64"));
const text = (content: string) => (path: string) => writeFileSync(path, content);
const channel: ReadOptions = { energy: { units: "channel" } };
const dm = (version: 3 | 4) => (path: string) => {
  const dimensions = [{ size: 5, scale: 0.5, units: "nm" }, { size: 4 }, { size: 3, scale: 0.5, units: "eV" }];
  const content = { dimensions, dataType: 2, data: { array: [...numbers(60)], as: "float32" as const } };
  writeFileSync(path, dmFile([{ ...content, tags: spectrumImageTags() }], { version }));
};

/** A Nanonis grid of 2 x 3 positions and 5 points. */
function grid(path: string): void {
  const header = [
    ...['Grid dim="3 x 2"', "Grid settings=1E-8;2E-8;3.0E-9;4.0E-9;0", 'Sweep Signal="Bias (V)"'],
    ...['Fixed parameters="Sweep Start;Sweep End"', 'Experiment parameters="X (m);Z (m)"'],
    ...["# Parameters (4 byte)=4", "Experiment size (bytes)=20", "Points=5", 'Channels="Current (A)"', ":HEADER_END:"],
  ];
  const values = Array.from({ length: 6 }, (_, pixel) => [-1, 1, 7, pixel, ...numbers(5)]).flat();
  const data = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) data.writeFloatBE(value, 4 * i);
  writeFileSync(path, Buffer.concat([Buffer.from(`${header.join("\r\n")}\r\n`), data]));
}

/** Two scan positions of an EMPAD: the description is on trial, the frames lie beside it. */
function empad(path: string): void {
  writeFileSync(path.replace(/[^/\\]*$/, "frames.raw"), Buffer.from(numbers(2 * 130 * 128).buffer));
  writeFileSync(
    path,
    `<root><raw_file filename="frames.raw"/><pix_x>2</pix_x><pix_y>1</pix_y><scan_parameters mode="acquire"><scan_resolution_x>2</scan_resolution_x><scan_resolution_y>1</scan_resolution_y></scan_parameters></root>`,
  );
}

const MSA = `#FORMAT      : EMSA/MAS Spectral Data File
#VERSION     : 1.0
#TITLE       : a spectrum
#NPOINTS     : 6.
#NCOLUMNS    : 1.
#XUNITS      : eV
#YUNITS      : counts
#DATATYPE    : Y
#XPERCHAN    : 0.5
#OFFSET      : 100.
#SPECTRUM    :
1.5,
2.5,
3.5,
4.25,
5.125,
6.75,
#ENDOFDATA   :
`;

/** Every format that is read, with a small file of it. */
export const CASES: readonly DamageCase[] = [
  hdf5Case("NSID with check sums", "fletcher32, HDF5 1.10 metadata", ".h5", packed(hdf5.files.nsid_checked)),
  hdf5Case("NSID as saved", "", ".h5", saved(false)),
  hdf5Case("USID", "", ".h5", packed(hdf5.files.usid_snake)),
  hdf5Case("HyperSpy, gzip", "", ".hspy", saved(true)),
  hdf5Case("EMD Velox", "", ".emd", packed(layouts.files["velox-stream.emd"])),
  hdf5Case("EMD Berkeley", "", ".emd", packed(layouts.files["berkeley-yx.emd"])),
  hdf5Case("NeXus", "", ".nxs", packed(layouts.files["nexus.nxs"])),
  hdf5Case("Nion .h5", "", ".h5", packed(layouts.files["nion-map.h5"])),
  hdf5Case("MAT 7.3", "", ".mat", packed(layouts.files["matlab.mat"])),
  { ...hdf5Case("HDF5 with lzf, blosc, ...", "", ".h5", packed(layouts.files["packed.h5"])), mostOpen: 50 },
  one("DM3", "DigitalMicrograph", ".dm3", dm(3)),
  one("DM4", "DigitalMicrograph", ".dm4", dm(4)),
  one("NPY", "NPY", ".npy", (path) => writeFileSync(path, npyBytes(spectra.data, spectra.shape))),
  one("NPZ", "NPZ", ".npz", saved(false), "CRC-32"),
  one("NPZ, deflated", "NPZ", ".npz", saved(true), "CRC-32"),
  one("Nion .ndata", "Nion Swift .ndata", ".ndata", packed(layouts.files["nion-map.ndata"]), "CRC-32"),
  one("TIFF", "TIFF", ".tif", packed(tiff.files.imagej_hyperstack.file)),
  one("TIFF, LZW", "TIFF", ".tif", packed(tiff.files.lzw_predictor.file)),
  one("TIFF, tiles, deflated", "TIFF", ".tif", packed(tiff.files.tiles.file)),
  one("MAT 4", "MAT (MATLAB 4 to 7)", ".mat", packed(mat.files.v4.file)),
  one("MAT 5", "MAT (MATLAB 4 to 7)", ".mat", packed(mat.files.nested.file)),
  one("MAT 7, packed", "MAT (MATLAB 4 to 7)", ".mat", packed(mat.files.cube_packed.file), "Adler-32"),
  one("EMSA .msa", "", ".msa", text(MSA)),
  one("Nanonis .3ds", "", ".3ds", grid),
  one("NanoMegas .blo", "", ".blo", packed(stem4d.files["small.blo"].file)),
  one("Merlin .mib", "", ".mib", packed(stem4d.files["u16.mib"].file)),
  one("FEI .ser", "", "_1.ser", packed(stem4d.files["map_1.ser"].file)),
  one("MRC", "", ".mrc", packed(stem4d.files["stack.mrc"].file)),
  one("EMPAD .xml", "", ".xml", empad),
  one("Zarr 2, zip", "Zarr and HyperSpy .zspy", ".zip", archive(zarr.files.v2_blosc_lz4_1.file), "CRC-32"),
  one("Zarr 3, sharded, zip", "Zarr and HyperSpy .zspy", ".zip", archive(zarr.files.v3_sharded.file), "CRC-32"),
  one("HyperSpy .zspy, zip", "Zarr and HyperSpy .zspy", ".zspy", archive(zspy.files.map.file), "CRC-32"),
  one("CSV", "CSV", ".csv", (path) => save(pair.haadf, path)),
];

function one(format: string, reader: string, ending: string, write: DamageCase["write"], checkSum = ""): DamageCase {
  return { format, reader, ending, write, checkSum, options: channel };
}

function hdf5Case(format: string, checkSum: string, ending: string, write: DamageCase["write"]): DamageCase {
  return { format, reader: "HDF5", ending, write, checkSum, options: channel };
}
