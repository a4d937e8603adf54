import type { SpectrumImage } from "../data";
import { checkValues, type ValueCheck } from "../data/check-values";

/** Throws unless all values of the spectra are finite; `work` is what would be done with them. */
export function checkSpectra(spectra: SpectrumImage, work: string): void {
  checkValues(spectra.data, spectraCheck(spectra.shape, work));
}

/** How `checkValues` names spectra of this shape before such work. */
export function spectraCheck(shape: SpectrumImage["shape"], work: string): ValueCheck {
  return {
    what: "spectra",
    shape,
    dimensions: ["row", "column", "channel"],
    remedy: `crop the scan or the energy axis to the valid part, or replace these values, before ${work}`,
  };
}
