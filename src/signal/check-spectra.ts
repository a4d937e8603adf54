import type { SpectrumImage } from "../data";
import { checkValues } from "../data/check-values";

/** Throws unless all values of the spectra are finite; `work` is what would be done with them. */
export function checkSpectra(spectra: SpectrumImage, work: string): void {
  checkValues(spectra.data, {
    what: "spectra",
    shape: spectra.shape,
    dimensions: ["row", "column", "channel"],
    remedy: `crop the scan or the energy axis to the valid part, or replace these values, before ${work}`,
  });
}
