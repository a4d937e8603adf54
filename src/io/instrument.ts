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
  /** In mm in DigitalMicrograph, Velox and HyperSpy. */
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
  /** Time from one frame of a scan to the next in seconds. */
  readonly frameSeconds?: number;
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

/** Where HyperSpy keeps these words, below `Acquisition_instrument/TEM`, in the same units. */
const HYPERSPY: Readonly<Partial<Record<keyof Instrument, string>>> = {
  microscope: "microscope",
  mode: "acquisition_mode",
  beamEnergyKeV: "beam_energy",
  probeCurrentNA: "beam_current",
  magnification: "magnification",
  cameraLength: "camera_length",
  convergenceSemiAngleMrad: "convergence_angle",
  collectionSemiAngleMrad: "Detector/EELS/collection_angle",
  spectrometer: "Detector/EELS/spectrometer",
  apertureMm: "Detector/EELS/aperture_size",
  exposureSeconds: "Detector/EELS/exposure",
  dwellSeconds: "Detector/EELS/dwell_time",
  frames: "Detector/EELS/frame_number",
  frameSeconds: "frame_time",
  stageAlphaDegrees: "Stage/tilt_alpha",
  stageBetaDegrees: "Stage/tilt_beta",
};

/** The groups below `Acquisition_instrument/TEM` that hold them; versions before 1 had EELS without Detector. */
export const HYPERSPY_GROUPS = ["", "Detector/EELS", "EELS", "Stage"] as const;

type Words = Readonly<Record<string, unknown>>;

/** The record from HyperSpy's words, group by group; words that it does not have stay as they are. */
export function fromHyperspy(groups: Readonly<Partial<Record<(typeof HYPERSPY_GROUPS)[number], Words>>>): Words {
  const own = new Map(Object.entries(HYPERSPY).map(([word, path]) => [path, word]));
  own.set("dwell_time", "dwellSeconds"); // of images it stands in the first group
  const entries = HYPERSPY_GROUPS.flatMap((group) =>
    Object.entries(groups[group] ?? {}).map(([word, value]) => {
      const path = group === "" ? word : `${group === "EELS" ? "Detector/EELS" : group}/${word}`;
      return [own.get(path) ?? word, value] as const;
    }),
  );
  return Object.freeze(Object.fromEntries(entries));
}

/** HyperSpy's words for a record, group by group: texts and numbers only; words of others stay in the first group. */
export function toHyperspy(words: unknown): ReadonlyMap<string, Readonly<Record<string, string | number>>> {
  const groups = new Map<string, Record<string, string | number>>();
  for (const [word, value] of Object.entries(typeof words === "object" && words !== null ? words : {})) {
    if (typeof value !== "string" && typeof value !== "number") continue;
    const path = Object.hasOwn(HYPERSPY, word) ? HYPERSPY[word as keyof Instrument] : undefined; // just looked for
    const cut = path?.lastIndexOf("/") ?? -1;
    const group = path?.slice(0, Math.max(0, cut)) ?? "";
    groups.set(group, { ...groups.get(group), [path?.slice(cut + 1) ?? word]: value });
  }
  return groups;
}
