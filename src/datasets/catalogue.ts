/** A published data set: where it is, how it is known to be the right file, who made it, what stands in for it. */
export interface Dataset {
  /** The function of `datasets` that loads it. */
  readonly name: string;
  readonly title: string;
  readonly file: string;
  readonly url: string;
  /** Bytes of the file. */
  readonly size: number;
  /** Git blob id of the file. */
  readonly gitBlobSha1: string;
  readonly licence: string;
  /** What to cite when results made from it are shown. */
  readonly citation: string;
  /** What works without a network. */
  readonly offline: string;
}

/** Fluorine- and tin-doped indium oxide nanocubes: HAADF 62 x 75, low-loss EELS 62 x 75 x 1496, 0.20 to 1.13 eV. */
export const FITO: Dataset = Object.freeze({
  name: "fito",
  title: "Plasmons of a self-assembled F,Sn:In2O3 nanocube array, STEM-EELS with HAADF",
  file: "test_stem.h5",
  url: "https://github.com/pycroscopy/DTMicroscope/raw/utk/data/STEM/SI/test_stem.h5",
  size: 55_702_624,
  gitBlobSha1: "7ce4f9871604885ea25a9b4d4671c04a674a7a94",
  licence: "MIT (pycroscopy/DTMicroscope)",
  citation:
    "K. M. Roccapriore, M. Ziatdinov, S. H. Cho, J. A. Hachtel, S. V. Kalinin, Predictability of localized plasmonic " +
    "responses in nanoparticle assemblies, Small 17, 2100181 (2021), doi:10.1002/smll.202100181",
  offline: "simulate.nanoparticleArray()",
});
