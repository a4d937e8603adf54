import type { Image, SpectrumImage } from "../data";
import { FITO } from "./catalogue";
import { type DatasetOptions, openDataset } from "./open-dataset";

/**
 * The nanoparticle array of the im2spec paper (Roccapriore et al., Small 17, 2100181 (2021),
 * doi:10.1002/smll.202100181): HAADF 62 x 75 and plasmon EELS 62 x 75 x 1496 from 0.20 to 1.13 eV. 56 MB, downloaded
 * once (resumable, verified) into the cache. MIT licence, pycroscopy/DTMicroscope.
 *
 * @throws FileError without a network: `simulate.nanoparticleArray()` then stands in for it; CancelledError on stop.
 * @example const { image, spectra } = await datasets.fito();
 */
export function fito(options: DatasetOptions = {}): Promise<{ image: Image; spectra: SpectrumImage }> {
  // The energies of the file are in eV by its publication, whatever its attributes say.
  return openDataset(FITO, options, { image: "Channel_000", spectra: "Channel_001", energy: { units: "eV" } });
}
