/**
 * What a file tells of the measurement, in the same words for every format that tells it: `metadata.instrument`. What
 * the file does not say is left out.
 */
export interface Instrument {
  readonly microscope?: string;
  /** "STEM", "TEM", ... as the file writes it. */
  readonly mode?: string;
  /** High tension in keV. */
  readonly beamEnergyKeV?: number;
  readonly probeCurrentNA?: number;
  readonly magnification?: number;
  /** As the program shows it; in mm in DigitalMicrograph. */
  readonly cameraLength?: number;
  /** Half angle of the probe in mrad. */
  readonly convergenceSemiAngleMrad?: number;
  /** Half angle that the spectrometer takes in, in mrad. */
  readonly collectionSemiAngleMrad?: number;
  readonly spectrometer?: string;
  /** Energy per channel of the spectrometer in eV; the axis of binned spectra has a larger step. */
  readonly dispersionEV?: number;
  /** Diameter of the spectrometer's entrance aperture in mm. */
  readonly apertureMm?: number;
  /** Exposure of one spectrum or image in seconds; the frames that are summed counted once. */
  readonly exposureSeconds?: number;
  /** Frames that were summed. */
  readonly frames?: number;
  /** Time per pixel of a scan in seconds. */
  readonly dwellSeconds?: number;
  readonly stageAlphaDegrees?: number;
  readonly stageBetaDegrees?: number;
  readonly specimen?: string;
  /** Thickness of the specimen in nm. */
  readonly thickness?: number;
  readonly operator?: string;
  /** Day and time, as the file writes them. */
  readonly date?: string;
  readonly time?: string;
}

/** The record without what is not known: undefined, empty texts and numbers that are not finite. */
export function instrument(
  words: {
    readonly [Word in keyof Instrument]: Instrument[Word] | undefined;
  },
): Readonly<Instrument> {
  const known = Object.entries(words).filter(
    ([, value]) => value !== undefined && value !== "" && (typeof value !== "number" || Number.isFinite(value)),
  );
  return Object.freeze(Object.fromEntries(known));
}
