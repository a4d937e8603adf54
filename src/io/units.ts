import { SpecbookError } from "../core/errors";

/** What an axis measures, as its units tell. */
export type Measure = "energy" | "length" | "other" | "none";

/** Units of a file, read: `value * factor` is in `units`. */
export interface Conversion {
  readonly measure: Measure;
  readonly units: string;
  readonly factor: number;
}

const ENERGY: Readonly<Record<string, number>> = { eV: 1, meV: 1e-3, keV: 1e3 };

const LENGTH: Readonly<Record<string, number>> = {
  m: 1e9,
  mm: 1e6,
  um: 1e3,
  micron: 1e3,
  microns: 1e3,
  micrometer: 1e3,
  nm: 1,
  nanometer: 1,
  A: 0.1,
  Ang: 0.1,
  angstrom: 0.1,
  Angstrom: 0.1,
  pm: 1e-3,
};

const NONE = new Set(["", "_none_", "none", "<undefined>", "undefined", "generic", "a.u.", "px", "pixel", "pixels"]);

/** Reads the units of an axis: energies to eV, lengths to nm, everything else as it is. */
export function conversion(written: string): Conversion {
  const name = written
    .trim()
    .replace(/[\u00b5\u03bc]/g, "u") // micro sign and Greek mu
    .replace(/[\u00c5\u212b]/g, "A") // A with ring and the Angstrom sign
    .replace(/^(m|k)?ev$/i, (text) => (/^mev$/i.test(text) ? text : text.replace(/^k/i, "k").replace(/ev$/i, "eV")));
  if (NONE.has(name.toLowerCase())) return { measure: "none", units: "px", factor: 1 };
  if (Object.hasOwn(ENERGY, name)) return { measure: "energy", units: "eV", factor: ENERGY[name] };
  if (Object.hasOwn(LENGTH, name)) return { measure: "length", units: "nm", factor: LENGTH[name] };
  // Reciprocal lengths of diffraction: "1/m", "A^-1", "1 / nm".
  const reciprocal = /^1\s*\/\s*(\w+)$/.exec(name)?.[1] ?? /^(\w+)\s*\^\s*-1$/.exec(name)?.[1];
  if (reciprocal !== undefined && Object.hasOwn(LENGTH, reciprocal)) {
    return { measure: "other", units: "1/nm", factor: 1 / LENGTH[reciprocal] };
  }
  return { measure: "other", units: written.trim(), factor: 1 };
}

/** True for units that count points: offset and step of such an axis mean something without any other calibration. */
export function isPixels(written: string): boolean {
  return /^(px|pixels?)$/i.test(written.trim());
}

/** True for "MeV" and "mev": a thousandth of an eV to some writers and a million to others. */
export function isAmbiguousEnergy(written: string): boolean {
  return /^mev$/i.test(written.trim()) && written.trim() !== "meV";
}

/** Units given by the user: energies to eV, "channel" as it is. */
export function energyConversion(units: string): Conversion {
  if (units === "channel") return { measure: "none", units, factor: 1 };
  if (Object.hasOwn(ENERGY, units)) return { measure: "energy", units: "eV", factor: ENERGY[units] };
  throw new SpecbookError("OptionError", "unknown units of energy", {
    got: `energy.units ${JSON.stringify(units)}`,
    needed: '"eV", "meV", "keV", or "channel" for an axis without calibration',
    remedy: 'write { energy: { units: "eV" } }',
  });
}
