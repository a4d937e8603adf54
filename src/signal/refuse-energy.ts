import { SpecbookError } from "../core/errors";

/** The error for an option about energies where the value is an image. */
export function refuseEnergy(call: string): SpecbookError {
  return new SpecbookError("OptionError", `${call}: an image has no energy axis`, {
    got: "an option about energies together with an image",
    needed: "a spectrum image, or options for rows and columns only",
    remedy: "leave the energy out, or give the spectra",
  });
}
