import { basename } from "node:path";
import { cutBlock } from "../block";
import { fromValues } from "../calibration";
import type { Draft, DraftAxis } from "../drafts";
import type { FileFormat } from "../format";
import { type Instrument, instrument } from "../instrument";
import { withFile } from "../open-file";
import { decodeText, readText } from "../text";
import { type MsaText, msaNumber, parseMsa } from "./msa-text";

/** A spectrum of a million points is far below this. */
const LONGEST = 2 ** 27;

/** One spectrum as text: the exchange format of the microscopy societies, ISO 22029. */
export const msaFormat: FileFormat = {
  name: "EMSA/MAS",
  extensions: [".msa", ".emsa", ".ems"],
  recognises: ({ start }) => /^\uFEFF?\s*#\s*FORMAT\s*:\s*EMSA\s*\/\s*MAS/i.test(decodeText(start.subarray(0, 200))),
  withDrafts: (path, work) =>
    withFile(path, async (file, size) =>
      work([draftOf(path, parseMsa(await readText(file, size, path, LONGEST), path))]),
    ),
};

function draftOf(path: string, text: MsaText): Draft {
  const { keywords, values } = text;
  const word = (name: string) => keywords.get(name) ?? "";
  const file = basename(path).replace(/\.[^.]*$/, "");
  const title = word("TITLE");
  const wanted = msaNumber(word("NPOINTS"));
  const points = wanted === undefined || wanted === values.length ? {} : { points: `#NPOINTS says ${wanted}` };
  const { axis, deviation } = axisOf(text);
  return {
    name: title === "" ? file : title,
    path: file,
    aliases: [word("SIGNALTYPE")],
    format: "EMSA/MAS",
    quantity: word("YLABEL"),
    axes: [axis],
    dtype: "text",
    bytes: 4 * values.length,
    packing: [],
    metadata: {
      title,
      signalType: SIGNALS[word("SIGNALTYPE").toUpperCase()] ?? word("SIGNALTYPE"),
      units: word("YUNITS"),
      instrument: instrumentOf(text),
      keywords: Object.fromEntries(keywords),
      ...points,
      ...(deviation === undefined ? {} : { deviation }),
    },
    read: async ({ block } = {}) => {
      const data = Float32Array.from(values);
      return block === undefined ? data : cutBlock(data, [data.length], block);
    },
  };
}

const SIGNALS: Readonly<Record<string, string>> = { ELS: "EELS", CLS: "CL" };

/**
 * The energies: OFFSET and XPERCHAN, which the standard asks for, else the positions of the pairs. Where the two
 * disagree the metadata say by how much: evenly spaced positions are right then, as the keywords are often written
 * with few digits; uneven ones are written with few digits themselves, and beyond one channel the axis is refused.
 */
function axisOf({ keywords, values, positions }: MsaText): { axis: DraftAxis; deviation?: string } {
  const number = (name: string) => msaNumber(keywords.get(name));
  const scale = number("XPERCHAN");
  const zero = number("CHOFFSET"); // the channel of energy 0
  const offset = number("OFFSET") ?? (zero === undefined || scale === undefined ? undefined : zero * -scale);
  const axis = {
    name: keywords.get("XLABEL") || (keywords.get("SIGNALTYPE") === "CLS" ? "wavelength" : "energy"),
    size: values.length,
    units: keywords.get("XUNITS") ?? "",
    role: "spectral",
  } as const;
  if (offset === undefined || scale === undefined || scale === 0) {
    return { axis: { ...axis, ...(positions.length > 0 ? fromValues(positions) : {}) } };
  }
  const off = positions.reduce((most, x, i) => Math.max(most, Math.abs(x - offset - scale * i)), 0);
  const share = off / Math.abs(scale);
  if (share <= 0.1) return { axis: { ...axis, offset, scale } };
  const even = fromValues(positions);
  const words = `its positions stray by up to ${off.toPrecision(3)} (${share.toPrecision(2)} channels) from OFFSET and XPERCHAN`;
  if (even.problem === undefined) return { axis: { ...axis, ...even }, deviation: words };
  return share <= 1
    ? { axis: { ...axis, offset, scale }, deviation: words }
    : { axis: { ...axis, offset, scale, problem: words } };
}

/** Factors of units that stand in a keyword, to those of `Instrument`. */
const FACTORS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  kV: { kv: 1, v: 1e-3 },
  nA: { na: 1, pa: 1e-3, ua: 1e3, a: 1e9 },
  mrad: { mr: 1, mrad: 1, r: 1e3, rad: 1e3 },
  s: { ms: 1e-3, s: 1, us: 1e-6 },
  nm: { nm: 1, um: 1e3, a: 0.1, m: 1e9 },
  degrees: { dg: 1, deg: 1 },
};

function instrumentOf({ keywords, units }: MsaText): Readonly<Instrument> {
  const word = (name: string) => keywords.get(name);
  /** The number of a keyword; `usual` is the unit that the standard gives it, which the file may leave out. */
  const measure = (name: string, kind: keyof typeof FACTORS, usual: string) => {
    const value = msaNumber(word(name));
    const factor = FACTORS[kind][(units.get(name) ?? usual).toLowerCase()];
    return value === undefined || factor === undefined ? undefined : value * factor;
  };
  return instrument({
    mode: word("OPERMODE"),
    beamEnergyKeV: measure("BEAMKV", "kV", "kV"),
    probeCurrentNA: measure("PROBECUR", "nA", "nA"),
    magnification: msaNumber(word("MAGCAM")),
    convergenceSemiAngleMrad: measure("CONVANGLE", "mrad", "mR"),
    collectionSemiAngleMrad: measure("COLLANGLE", "mrad", "mR"),
    spectrometer: word("ELSDET") ?? word("EDSDET"),
    exposureSeconds: measure("INTEGTIME", "s", "ms"),
    dwellSeconds: measure("DWELLTIME", "s", "ms"),
    stageAlphaDegrees: measure("XTILTSTGE", "degrees", "dg"),
    stageBetaDegrees: measure("YTILTSTGE", "degrees", "dg"),
    thickness: measure("THICKNESS", "nm", "nm"),
    operator: word("OWNER"),
    date: word("DATE"),
    time: word("TIME"),
  });
}
