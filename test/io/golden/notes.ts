/** What a user should know of each format that is read, by its name in FORMATS. */
export const LIMITS: Readonly<Record<string, string>> = {
  "DigitalMicrograph 3 and 4":
    "images, spectrum images, spectra, complex, packed FFTs, RGB, several per file; the thumbnail is left out",
  NPY: "any number type, byte order and order of axes; records of R, G, B (A) are colours, others are refused",
  NPZ: "the same, stored or deflated; an archive that `save` wrote comes back with axes and history",
  "Nion Swift .ndata": "the array with its calibrations and metadata",
  TIFF: "8 to 64 bit, tiles, BigTIFF, LZW, deflate, PackBits; pixel sizes of ImageJ, FEI, Zeiss, JEOL, TVIPS, DigitalMicrograph; JPEG inside is refused",
  "Zarr and HyperSpy .zspy":
    "versions 2 and 3 in a folder or a .zip, shards, missing chunks; Blosc, gzip, zlib, Zstandard, LZ4; filters are refused",
  "PantaRhei .prz": "from version 24.03 on with axes; the pickle of older files is not unpacked",
  "MAT (MATLAB 4 to 7)": "arrays in structures and cells, complex ones, packed ones; sparse matrices are refused",
  "EMSA/MAS": "one spectrum per file",
  "Nanonis .3ds": "one spectrum image per channel and the topography",
  "NanoMEGAS .blo": "the patterns and the virtual image",
  "Merlin .mib": "frames of 1 to 24 bit with the .hdr beside; raw mode is refused; `scan` says how frames lie",
  "FEI TIA .ser": "spectra and images; the .emi beside is not read",
  MRC: "images, stacks, 4D by `scan`; FEI's extended header gives the pixel size",
  EMPAD: "give the .xml, or the .raw beside it",
  CSV: "a matrix is an image; columns under titles are spectra beside the first one",
  "bare numbers (with the option raw)": "`{ raw: { shape, dtype, offset, byteOrder } }`: nothing is guessed",
};

/** The HDF5 formats, which are one entry of FORMATS. */
export const HDF5_LIMITS =
  "filters gzip, shuffle, scale-offset, fletcher32, and by plug-in lzf, blosc, blosc2, lz4, zstandard, bitshuffle, bzip2; external links and virtual data sets are not followed";

/** What a user should know of each format that is written, by its ending. */
export const WRITTEN: Readonly<Record<string, string>> = {
  ".hspy":
    "opens in HyperSpy as EELSSpectrum, Signal1D or Signal2D; metadata.specbook has history and metadata as JSON; `{ gzip: true }` packs",
  ".h5":
    "pyNSID's layout: /Measurement_000/Channel_000/name/name with dimension scales; attributes specbook_history and specbook_metadata",
  ".npz":
    '`name`, its axes `name.energy` ..., and the record `name.info`: `json.loads(bytes(f["spectra.info"]))` in Python',
  ".csv": "one table: an image as a matrix, spectra as columns beside the energy, the spectra of a result",
};
