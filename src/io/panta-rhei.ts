import { SpecbookError } from "../core/errors";
import { npzFormat } from "./arrays";
import type { Draft, DraftAxis } from "./drafts";
import type { FileFormat } from "./format";
import { withFile } from "./open-file";
import { readZipEntry, zipEntries } from "./zip";

const WORDS = "meta_data_json.npy";
const LARGEST_WORDS = 2 ** 24;

/**
 * CEOS PantaRhei: a NumPy archive of one array and a JSON text that calibrates it. Files from before version 24.03 have
 * a Python pickle instead, which is not unpacked: they read as plain NumPy archives.
 */
export const pantaRheiFormat: FileFormat = {
  name: "PantaRhei .prz",
  extensions: [".prz"],
  recognises: ({ names }) => names.includes("data.npy") && names.includes(WORDS),
  withDrafts: (path, work, options) =>
    npzFormat.withDrafts(
      path,
      async (drafts) => {
        const words = await readWords(path);
        return work(drafts.filter(({ name }) => name === "data").map((draft) => calibrated(draft, words)));
      },
      options,
    ),
};

type Words = Readonly<Record<string, unknown>>;

/** The only text of a NumPy array of texts: 32-bit characters behind a header of its own length. */
async function readWords(path: string): Promise<Words> {
  return withFile(path, async (file, size) => {
    const entry = (await zipEntries(file, size, path)).find(({ name }) => name === WORDS);
    if (entry === undefined || entry.size > LARGEST_WORDS) throw damaged(path, `${entry?.size ?? 0} bytes of words`);
    const bytes = await readZipEntry(file, size, entry, path);
    const start = bytes.length < 10 ? bytes.length : 10 + bytes[8] + 256 * bytes[9];
    const body = bytes.subarray(start);
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength - (body.byteLength % 4));
    let text = "";
    for (let at = 0; at < view.byteLength; at += 4) {
      const code = view.getUint32(at, true);
      if (code > 0x10ffff) throw damaged(path, "words in letters that there are not");
      if (code !== 0) text += String.fromCodePoint(code);
    }
    try {
      const [words] = JSON.parse(text) as unknown[];
      return typeof words === "object" && words !== null ? (words as Words) : {};
    } catch (cause) {
      throw damaged(path, "words that are no JSON", cause);
    }
  });
}

/** The axes in the order of the array: the words list them fastest first. */
function calibrated(draft: Draft, words: Words): Draft {
  const rank = draft.axes.length;
  const own = (key: string) => (Array.isArray(words[key]) ? words[key].slice(0, rank).reverse() : []);
  const contents = own("content.types");
  const calibrations = own("device.calib");
  const isImage = rank === 2 && contents.every((content) => content === null || content === "*");
  const axes = draft.axes.map((axis, i) => {
    const content = String(contents[i] ?? "");
    const role: DraftAxis["role"] =
      content === "Energy" ? "spectral" : isImage || /^Scan[XY]$/.test(content) ? "scan" : "other";
    const sign = content === "Energy" && words["filter.mode"] === "EELS" ? -1 : 1; // losses run down
    return { ...axis, name: content || axis.name, role, ...calibration(calibrations[i], sign) };
  });
  return {
    ...draft,
    format: "PantaRhei",
    axes,
    metadata: { instrument: instrument(words), comment: words.comment ?? "" },
  };
}

function calibration(written: unknown, sign: number): Pick<DraftAxis, "units" | "offset" | "scale"> {
  if (typeof written !== "object" || written === null) return { units: "" };
  const { value, unit, offset, pixel_factor: factor = 1 } = written as Words;
  const units = typeof unit === "string" ? unit : "";
  if (typeof value !== "number" || typeof factor !== "number") return { units };
  return { units, scale: sign * value * factor, offset: sign * (typeof offset === "number" ? offset : 0) * value };
}

function instrument(words: Words): Readonly<Record<string, unknown>> {
  const voltage = words["electron_gun.voltage"];
  const mode = words["condenser.mode"];
  return {
    ...(typeof voltage === "number" ? { beamEnergyKeV: voltage / 1000 } : {}),
    ...(typeof mode === "string" ? { mode } : {}),
  };
}

function damaged(path: string, got: string, cause?: unknown): SpecbookError {
  return new SpecbookError("FormatError", `"${path}" is not a complete PantaRhei file`, {
    got,
    needed: "an array and the JSON text that describes it",
    remedy: "copy or download the file again, or save it again in PantaRhei",
    cause,
  });
}
