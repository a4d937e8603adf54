import { type Instrument, instrument } from "../instrument";
import type { DmImage } from "./images";
import type { Tag } from "./tag-tree";
import { numberOf, plainTags, tagAt, textOf } from "./tags";

/** What the file tells of an image: title, signal, intensity calibration, microscope, and all of its tags. */
export function metadataOf(image: DmImage): Record<string, unknown> {
  const { name, tags, intensity, type } = image;
  return {
    title: name,
    signalType: signalOf(tags),
    units: intensity.units,
    // Left for the user to apply: value = (stored - origin) * scale in these units.
    intensity: { ...intensity, applied: false },
    instrument: instrumentOf(tags),
    ...(type.layout === "half-plane" ? { packed: HALF_PLANE } : {}),
    tags: tags === undefined ? {} : plainTags(tags),
  };
}

const HALF_PLANE =
  "half of the Fourier transform of a real image, as the file stores it: columns of frequency 0 to the highest; the " +
  "other half is its conjugate";

/** "EELS", "CL", "X-ray", ...; empty where the file says nothing. */
export function signalOf(tags: Tag | undefined): string {
  const signal = textOf(tagAt(tags, "Meta Data", "Signal"));
  return signal === "" && tagAt(tags, "spim", "eels") !== undefined ? "EELS" : signal;
}

/** "Spectrum image", "Spectrum", "Image", ...; `spim` is the group of the acquisition program of Orsay. */
export function formatOf(tags: Tag | undefined): string {
  const format = textOf(tagAt(tags, "Meta Data", "Format"));
  return format === "" && tagAt(tags, "spim") !== undefined ? "Spectrum image" : format;
}

/** What the image shows, by the words that the acquisition gave it: "EELS", "Scan Signal", "Survey". */
export function labelsOf(tags: Tag | undefined): string[] {
  const keywords = tagAt(tags, "Meta Data", "Experiment keywords");
  const labels = ["0", "1", "2", "3"].map((place) => textOf(tagAt(keywords, place, "Label")));
  return [...new Set([signalOf(tags), ...labels])].filter((label) => label !== "" && label !== "Spectrum Imaging");
}

function instrumentOf(tags: Tag | undefined): Readonly<Instrument> {
  const number = (...names: string[]) => numberOf(tagAt(tags, ...names));
  const text = (...names: string[]) => textOf(tagAt(tags, ...names));
  const signal = signalOf(tags) === "CL" ? "CL" : "EELS";
  const scaled = (value: number | undefined, factor: number) => (value === undefined ? undefined : value * factor);
  const microscope = [text("Session Info", "Microscope"), text("Microscope Info", "Name")];
  const current = number("Microscope Info", "Probe Current (nA)");
  return instrument({
    microscope: [...microscope, text("Microscope Info", "Microscope")].find(
      (name) => name !== "" && name !== "Unknown",
    ),
    mode: text("Microscope Info", "Illumination Mode"),
    beamEnergyKeV: scaled(number("Microscope Info", "Voltage"), 1e-3),
    probeCurrentNA: current === 0 ? undefined : current, // 0 stands for "not measured"
    magnification: number("Microscope Info", "Indicated Magnification"),
    cameraLength: number("Microscope Info", "STEM Camera Length"),
    convergenceSemiAngleMrad: number("EELS", "Experimental Conditions", "Convergence semi-angle (mrad)"),
    collectionSemiAngleMrad: number("EELS", "Experimental Conditions", "Collection semi-angle (mrad)"),
    spectrometer: text("EELS Spectrometer", "Instrument name"),
    dispersionEV: number("EELS Spectrometer", "Dispersion (eV/ch)"),
    apertureMm: millimetres(text("EELS Spectrometer", "Aperture label")),
    exposureSeconds:
      number(signal, "Acquisition", "Exposure (s)") ??
      number("Acquisition", "Parameters", "High Level", "Exposure (s)") ??
      number("Acquisition", "Parameters", "Detector", "exposure (s)"),
    frames: number(signal, "Acquisition", "Number of frames"),
    dwellSeconds: number("SI", "Acquisition", "Pixel time (s)") ?? scaled(number("DigiScan", "Sample Time"), 1e-6),
    stageAlphaDegrees: number("Microscope Info", "Stage Position", "Stage Alpha"),
    stageBetaDegrees: number("Microscope Info", "Stage Position", "Stage Beta"),
    specimen: text("Session Info", "Specimen"),
    operator: text("Session Info", "Operator"),
    date: first(
      text("DataBar", "Acquisition Date"),
      text("SI", "Acquisition", "Date"),
      text(signal, "Acquisition", "Date"),
    ),
    time: first(
      text("DataBar", "Acquisition Time"),
      text("SI", "Acquisition", "Start time"),
      text(signal, "Acquisition", "Start time"),
    ),
  });
}

function first(...words: string[]): string | undefined {
  return words.find((word) => word !== "");
}

function millimetres(label: string): number | undefined {
  const found = /^([\d.]+)\s*mm$/.exec(label);
  return found === null ? undefined : Number(found[1]);
}
