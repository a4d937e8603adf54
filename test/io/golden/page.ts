import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { FORMATS } from "../../../src/io/formats";
import { WRITERS } from "../../../src/io/save";
import type { Outcome } from "./compare";
import { HDF5_LIMITS, LIMITS, WRITTEN } from "./notes";
import { REVIEWED } from "./reviewed";

/** Where the page lies. */
export const PAGE = resolve(__dirname, "../../../docs/formats.md");

const RESULTS = resolve(__dirname, "../damage/results.json");

interface DamageCounts {
  readonly refused: number;
  readonly right: number;
  readonly other: number;
  readonly checkSum: string;
}

/** docs/formats.md: the formats, what comes out of the fixtures beside the peers, and the trial with damaged files. */
export function formatsPage(outcomes: readonly Outcome[]): string {
  return `${[
    "# Formats",
    "Made by `npm run docs:formats`; a test fails when it is out of date. `load`, `read` and `inspect` take all of these; the\ncontent decides, not the name. Energies come in eV, lengths in nm; `specbook info FILE` shows what was found.",
    "## What is read",
    table(["format", "usual endings", "to know"], FORMATS.map(readRow)),
    "## What comes out",
    "Counted over the fixtures below. *Blocks* says whether a part is read without the whole (`open`).",
    table(["layout", "fixtures", "signals", "kinds", "units of the axes", "blocks"], layoutRows(outcomes)),
    "## What is written",
    table(
      ["ending", "is", "to know"],
      WRITERS.map(({ extension, name }) => [extension, name, WRITTEN[extension] ?? ""]),
    ),
    "## Every fixture beside the Python readers",
    `${summary(outcomes)} Compared: shape and order of the axes, their units (in eV and nm), first value and step, smallest and
largest value, and the sum, all to 1e-6. rosettasciio 0.15.0 where it reads the format, else h5py, scipy or NumPy.
"asks" means that \`load\` refuses the energy axis until an option says what it is.`,
    table(["file", "read as", "signals", "peer", "outcome"], outcomes.map(fixtureRow)),
    `The Python readers are installed by the first test that asks for them, at fixed versions, into the cache folder: about a
minute and 0.9 GB, once. With \`SPECBOOK_TEST_PYTHON=/path/to/python\` an environment that has them is used instead. Without
Python 3.11 or a package index the tests are skipped, and counted.`,
    "## Damaged files",
    damage(),
  ].join("\n\n")}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function readRow({ name, extensions }: (typeof FORMATS)[number]): string[] {
  const note = name.startsWith("HDF5") ? HDF5_LIMITS : LIMITS[name];
  if (note === undefined) throw new Error(`test/io/golden/notes.ts has no line about "${name}"`);
  return [name, extensions.join(" "), note];
}

function layoutRows(outcomes: readonly Outcome[]): string[][] {
  const infos = outcomes.flatMap(({ file, infos, seekable }) =>
    infos.map((info, i) => ({ file, info, isSeekable: seekable[i] })),
  );
  const layouts = [...new Set(infos.map(({ info }) => info.format))].sort();
  return layouts.map((layout) => {
    const own = infos.filter(({ info }) => info.format === layout);
    const list = (words: readonly string[]) => [...new Set(words)].sort().join(", ");
    const blocks = own.filter(({ isSeekable }) => isSeekable).length;
    return [
      layout,
      String(new Set(own.map(({ file }) => file)).size),
      String(own.length),
      list(own.map(({ info }) => info.kind)),
      list(own.flatMap(({ info }) => info.axes.map(({ units }) => units)).filter((units) => units !== "")),
      blocks === own.length ? "yes" : blocks === 0 ? "no" : "some",
    ];
  });
}

function fixtureRow({ file, peer, state, infos, expected, said }: Outcome): string[] {
  const read = [...new Set(infos.map(({ format }) => format))].join(", ");
  const reason = REVIEWED.find((entry) => entry.file === file)?.reason;
  const count = infos.length === expected ? String(expected) : `${infos.length} (peer: ${expected})`;
  const asks = said.startsWith("asks") ? ", asks" : "";
  return [file, read || "not read", count, peer || "none", reason ?? `${state}${asks}`];
}

function summary(outcomes: readonly Outcome[]): string {
  const same = outcomes.filter(({ state }) => state === "same").length;
  return `${outcomes.length} files, ${same} alike, ${outcomes.length - same} different for the reason given.`;
}

function damage(): string {
  if (!existsSync(RESULTS)) return "Not run yet: `npm run test:damage`.";
  const results: Readonly<Record<string, DamageCounts>> = JSON.parse(readFileSync(RESULTS, "utf8"));
  const first = Object.values(results)[0];
  const count = first.refused + first.right + first.other;
  const rows = Object.entries(results).map(([format, { refused, right, other, checkSum }]) => {
    return [format, checkSum || "none", String(refused), String(right), String(other)];
  });
  return `${count.toLocaleString("en")} copies of a small file of each format (\`npm run test:damage\`): flipped bits, overwritten and
erased bytes, sizes blown up, blocks spliced in and duplicated, files cut off. None crashed the reader, took 5 s, asked for
more than 256 MB at once, or ended in anything but one of specbook's errors, and none left a file open but those in which a
plug-in filter of HDF5 aborts, after which HDF5 cannot close that one file. Where nothing checks the numbers, damage to them
comes out as other numbers; where a check sum does, never.

${table(["file", "check sum", "refused", "read right", "read as other numbers or axes"], rows)}`;
}
