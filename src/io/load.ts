import { existsSync } from "node:fs";
import { SpecbookError } from "../core/errors";
import type { Image } from "../data/image";
import type { SpectrumImage } from "../data/spectrum-image";
import { type Draft, layoutOf, withSpectralAxis } from "./drafts";
import { readDraft } from "./finish";
import { withDrafts } from "./formats";
import type { ReadOptions } from "./signals";

/** Which signals `load` takes, where a file holds several, and how it reads them. */
export interface LoadOptions extends ReadOptions {
  /** Name or path of the image in the file, or the path of another file that holds it. */
  readonly image?: string;
  /** Name or path of the spectrum image in the file. */
  readonly spectra?: string;
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
      isElsewhere ? withDrafts(options.image ?? path, work) : work(others);
    return withImages(async (candidates) => {
      const file = isElsewhere ? (options.image ?? path) : path;
      const image = pickImage(file, candidates, spectra, isElsewhere ? undefined : options.image);
      checkScan(image, spectra);
      return {
        // Images come first: they are small, and what is wrong with them is said before the long read.
        image: (await readDraft(file, image, options)) as Image, // its layout was checked by pickImage
        spectra: (await readDraft(path, spectra, options)) as SpectrumImage, // and this one's by pickSpectra
      };
    });
  };
  return withDrafts(path, readBoth, options);
}

function pickSpectra(path: string, drafts: readonly Draft[], { spectra, energy }: LoadOptions): Draft {
  // A name or an energy axis is the user's word that an unlabelled array is a spectrum image.
  const asSpectra = (draft: Draft) =>
    layoutOf(draft).kind === "array" && draft.axes.length === 3 ? withSpectralAxis(draft) : draft;
  if (spectra !== undefined) return named(path, drafts.map(asSpectra), spectra, "spectrum-image", "spectra");
  const usable = energy === undefined ? drafts : drafts.map(asSpectra);
  const found = usable.filter((draft) => layoutOf(draft).kind === "spectrum-image");
  const scans = found.filter(({ axes }) => axes.length > 1);
  const candidates = scans.length > 0 ? scans : found;
  if (candidates.length === 1) return candidates[0];
  if (candidates.length > 1) throw several(path, candidates, "spectrum images", "spectra");
  const unlabelled = drafts.find(({ axes }) => axes.length === 3);
  throw new SpecbookError("FormatError", `"${path}" holds no spectrum image`, {
    got: list(drafts),
    needed: "an array with two scan axes and an energy axis",
    remedy:
      unlabelled === undefined
        ? `look at what is there with await read(${JSON.stringify(path)}), and load the file that holds the spectra`
        : `if the last axis of ${unlabelled.path} is the energy, say so: { spectra: "${unlabelled.path}", energy: { units: "eV", offset: FIRST, scale: STEP } }`,
  });
}

function pickImage(path: string, drafts: readonly Draft[], spectra: Draft, name: string | undefined): Draft {
  if (name !== undefined) return named(path, drafts, name, "image", "image");
  const candidates = drafts.filter((draft) => layoutOf(draft).kind === "image");
  if (candidates.length === 1) return candidates[0];
  const fitting = candidates.filter((draft) => scanOf(draft).join() === scanOf(spectra).join());
  if (fitting.length === 1) return withChoice(fitting[0], candidates.length);
  if (candidates.length > 1) throw several(path, candidates, "images", "image");
  throw new SpecbookError("FormatError", `"${path}" holds no image beside the spectra`, {
    got: list([...drafts, spectra]),
    needed: "an image of the same scan, e.g. HAADF",
    remedy:
      'name the file that holds it: { image: "haadf.npy" }; for the spectra alone: ' +
      `const signals = await read(${JSON.stringify(path)})`,
  });
}

function withChoice(draft: Draft, among: number): Draft {
  return {
    ...draft,
    metadata: { ...draft.metadata, chosen: `the only one of ${among} images with the scan of the spectra` },
  };
}

function named(
  path: string,
  drafts: readonly Draft[],
  name: string,
  kind: "image" | "spectrum-image",
  option: "image" | "spectra",
): Draft {
  const exact = drafts.filter((draft) => draft.path === name || `/${draft.path}` === name || draft.path === `/${name}`);
  const found = exact.length > 0 ? exact : drafts.filter((draft) => isNamed(draft, name));
  if (found.length === 0) {
    throw new SpecbookError("OptionError", `"${path}" has no signal "${name}"`, {
      got: list(drafts),
      needed: "one of these names or paths",
      remedy: `choose one: { ${option}: "${drafts[0]?.name ?? "NAME"}" }`,
    });
  }
  const fitting = found.filter((draft) => layoutOf(draft).kind === kind);
  if (fitting.length === 1) return fitting[0];
  if (fitting.length > 1) throw several(path, fitting, `signals called "${name}"`, option);
  throw new SpecbookError(
    "FormatError",
    `"${name}" in "${path}" is not ${kind === "image" ? "an image" : "a spectrum image"}`,
    {
      got: list(found),
      needed: kind === "image" ? "two scan axes" : "two scan axes and a spectral axis",
      remedy: `choose another { ${option}: ... }; await inspect(${JSON.stringify(path)}) lists them`,
    },
  );
}

function isNamed(draft: Draft, name: string): boolean {
  const wanted = name.toLowerCase();
  const words = [draft.name, ...draft.aliases, draft.path, ...draft.path.split("/")];
  return words.some((word) => word.toLowerCase() === wanted) || draft.path.toLowerCase() === `/${wanted}`;
}

function several(path: string, drafts: readonly Draft[], what: string, option: "image" | "spectra"): SpecbookError {
  const isUnique = new Set(drafts.map(({ name }) => name)).size === drafts.length;
  const choice = isUnique ? drafts[0].name : drafts[0].path;
  return new SpecbookError("OptionError", `"${path}" holds several ${what}`, {
    got: list(drafts),
    needed: "one of them",
    remedy: `choose one by name or path: await load(${JSON.stringify(path)}, { ${option}: "${choice}" })`,
  });
}

function list(drafts: readonly Draft[]): string {
  const shown = drafts.slice(0, 12).map((draft) => {
    const words = [`"${draft.path}"`, draft.quantity, draft.axes.map(({ size }) => size).join(" x ")];
    return words.filter((word) => word !== "").join(" ");
  });
  const more = drafts.length > shown.length ? ` and ${drafts.length - shown.length} more` : "";
  return drafts.length === 0 ? "no array of numbers" : shown.join("; ") + more;
}

function scanOf(draft: Draft): number[] {
  const { order } = layoutOf(draft);
  return order.slice(0, 2).map((from) => (from < 0 ? 1 : draft.axes[from].size));
}

function checkScan(image: Draft, spectra: Draft): void {
  const [rows, columns] = scanOf(image);
  const scan = scanOf(spectra);
  if (rows === scan[0] && columns === scan[1]) return;
  const isTurned = rows === scan[1] && columns === scan[0];
  const isMultiple = rows % scan[0] === 0 && columns % scan[1] === 0 && rows / scan[0] === columns / scan[1];
  throw new SpecbookError("ShapeError", "the image and the spectra have different scans", {
    got: `image ${image.path}: ${rows} x ${columns}; spectra ${spectra.path}: ${scan.join(" x ")}`,
    needed: "the same rows x columns",
    remedy: isTurned
      ? "the axes of one of them are swapped: save the image transposed"
      : isMultiple
        ? `the image has ${rows / scan[0]} x ${rows / scan[0]} points per scan pixel: average them and save the image with ${scan.join(" x ")}`
        : "choose the image that was taken with the spectra: { image: NAME }",
  });
}
