import { SpecbookError } from "../core/errors";
import { type Draft, type DraftAxis, layoutOf, withSpectralAxis } from "./drafts";
import type { ReadOptions } from "./signals";

/** The spectrum image that a file holds, or the one that is named. `caller` is what the remedies tell to type. */
export function pickSpectra(
  path: string,
  drafts: readonly Draft[],
  { spectra, energy }: { spectra?: string; energy?: ReadOptions["energy"] },
  caller: "load" | "open" = "load",
): Draft {
  // A name or an energy axis is the user's word that an unlabelled array is a spectrum image.
  const usable =
    spectra === undefined && energy === undefined ? drafts : drafts.map((draft) => asSpectra(draft, energy));
  if (spectra !== undefined) return named(path, usable, spectra, "spectrum-image", "spectra", caller);
  const found = usable.filter((draft) => layoutOf(draft).kind === "spectrum-image");
  const scans = found.filter(({ axes }) => axes.length > 1);
  const candidates = scans.length > 0 ? scans : found;
  if (candidates.length === 1) return candidates[0];
  if (candidates.length > 1) throw several(path, candidates, "spectrum images", "spectra", caller);
  const unlabelled = drafts.find((draft) => layoutOf(asSpectra(draft, undefined)).kind !== layoutOf(draft).kind);
  throw new SpecbookError("FormatError", `"${path}" holds no spectrum image`, {
    got: list(drafts),
    needed: "an array with two scan axes and an energy axis",
    remedy:
      unlabelled === undefined
        ? `look at what is there with await read(${JSON.stringify(path)}), and load the file that holds the spectra`
        : sayEnergy(unlabelled),
  });
}

function sayEnergy({ path, axes, energyAxis: place = axes.length - 1 }: Draft): string {
  const which = `axis ${place} of ${path} (${axes[place].size} points)`;
  const energy = `energy: { axis: ${place}, units: "eV", offset: FIRST, scale: STEP }`;
  return `if ${which} is the energy, say so: { spectra: "${path}", ${energy} }`;
}

/** An array of three axes whose roles the file does not tell, with the axis that the user's words make the energy. */
export function asSpectra(draft: Draft, energy: ReadOptions["energy"]): Draft {
  const hasParts = draft.axes.some(({ name }) => name === "complex" || name === "colour");
  const isOpen = layoutOf(draft).kind === "array" && draft.axes.length === 3 && !hasParts;
  return isOpen ? withSpectralAxis(draft, energy?.axis) : draft;
}

/** The image of a file that belongs to the spectra, or the one that is named. */
export function pickImage(path: string, drafts: readonly Draft[], spectra: Draft, name: string | undefined): Draft {
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
  caller?: "load" | "open",
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
  if (fitting.length > 1) throw several(path, fitting, `signals called "${name}"`, option, caller);
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

/** True where a draft can be called by this name or path. */
export function isNamed(draft: Draft, name: string): boolean {
  const wanted = name.toLowerCase();
  const words = [draft.name, ...draft.aliases, draft.path, ...draft.path.split("/")];
  return words.some((word) => word.toLowerCase() === wanted) || draft.path.toLowerCase() === `/${wanted}`;
}

function several(
  path: string,
  drafts: readonly Draft[],
  what: string,
  option: "image" | "spectra",
  caller = "load",
): SpecbookError {
  const isUnique = new Set(drafts.map(({ name }) => name)).size === drafts.length;
  const choice = isUnique ? drafts[0].name : drafts[0].path;
  return new SpecbookError("OptionError", `"${path}" holds several ${what}`, {
    got: list(drafts),
    needed: "one of them",
    remedy: `choose one by name or path: await ${caller}(${JSON.stringify(path)}, { ${option}: "${choice}" })`,
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

/** The scan axes of a draft, the one of the rows first; undefined where the file has none. */
export function scanAxesOf(draft: Draft): (DraftAxis | undefined)[] {
  const { order } = layoutOf(draft);
  return order.slice(0, 2).map((from) => (from < 0 ? undefined : draft.axes[from]));
}

/** Rows and columns of a draft. */
export function scanOf(draft: Draft): number[] {
  const { order } = layoutOf(draft);
  return order.slice(0, 2).map((from) => (from < 0 ? 1 : draft.axes[from].size));
}
