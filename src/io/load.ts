import { existsSync } from "node:fs";
import { SpecbookError } from "../core/errors";
import type { Image } from "../data/image";
import type { SpectrumImage } from "../data/spectrum-image";
import { binnedToScan } from "./bin-image";
import { isNamed, pickImage, pickSpectra, scanAxesOf, scanOf } from "./choose-signal";
import type { Draft } from "./drafts";
import { readDraft } from "./finish";
import { withDrafts } from "./formats";
import type { ReadOptions } from "./signals";

/** Which signals `load` takes, where a file holds several, and how it reads them. */
export interface LoadOptions extends ReadOptions {
  /** Name or path of the image in the file, or the path of another file that holds it. */
  readonly image?: string;
  /** Name or path of the spectrum image in the file. */
  readonly spectra?: string;
  /**
   * Averages an image that has a whole number of points for each pixel of the scan (sub-pixel HAADF) to that scan; the
   * history says so. Default false: such an image is refused.
   */
  readonly binImage?: boolean;
}

/**
 * Reads a spectrum image and the image that was taken with it (HAADF) from one file, or from two. Both must have the
 * same scan. Where the file holds several of a kind the options choose by name; of several images the only one with
 * the scan of the spectra is taken, and `metadata.chosen` says so.
 *
 * @throws FileError, FormatError (damaged, no spectrum image, another format), OptionError (several candidates, wrong
 * name), ShapeError (different scans), AxisError (an energy axis without units: see `energy`), DataError (NaN: see
 * `nonFinite`), MemoryError.
 * @example const { image, spectra } = await load("test_stem.h5");
 */
export async function load(path: string, options: LoadOptions = {}): Promise<{ image: Image; spectra: SpectrumImage }> {
  const readBoth = async (drafts: Draft[]) => {
    const spectra = pickSpectra(path, drafts, options);
    const others = drafts.filter((draft) => draft.path !== spectra.path);
    const isElsewhere =
      options.image !== undefined &&
      !others.some((draft) => isNamed(draft, options.image ?? "")) &&
      existsSync(options.image);
    const withImages = <T>(work: (images: Draft[]) => Promise<T>) =>
      isElsewhere
        ? withDrafts(options.image ?? path, work, { scan: options.scan, complex: options.complex })
        : work(others);
    return withImages(async (candidates) => {
      const file = isElsewhere ? (options.image ?? path) : path;
      const found = pickImage(file, candidates, spectra, isElsewhere ? undefined : options.image);
      const image = options.binImage === true ? binnedToScan(found, scanOf(spectra), scanAxesOf(spectra)) : found;
      checkScan(image, spectra, options.binImage === true);
      return {
        // Images come first: they are small, and what is wrong with them is said before the long read.
        image: (await readDraft(file, image, options)) as Image, // its layout was checked by pickImage
        spectra: (await readDraft(path, spectra, options)) as SpectrumImage, // and this one's by pickSpectra
      };
    });
  };
  return withDrafts(path, readBoth, options);
}

function checkScan(image: Draft, spectra: Draft, isBinned: boolean): void {
  const [rows, columns] = scanOf(image);
  const scan = scanOf(spectra);
  if (rows === scan[0] && columns === scan[1]) return;
  const isTurned = rows === scan[1] && columns === scan[0];
  const isMultiple = rows % scan[0] === 0 && columns % scan[1] === 0 && !isBinned;
  const points = `${rows / scan[0]} x ${columns / scan[1]} points per scan pixel`;
  throw new SpecbookError("ShapeError", "the image and the spectra have different scans", {
    got: `image ${image.path}: ${rows} x ${columns}; spectra ${spectra.path}: ${scan.join(" x ")}`,
    needed: "the same rows x columns",
    remedy: isTurned
      ? "the axes of one of them are swapped: save the image transposed"
      : isMultiple
        ? `the image has ${points}: if it shows the same field, average them with { binImage: true }`
        : "choose the image that was taken with the spectra: { image: NAME }",
  });
}
