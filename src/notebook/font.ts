import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Name of the font that comes with the package: the widths of Arial and Helvetica, under the SIL Open Font License. */
export const FONT_FAMILY = "Arimo";

const FOLDER = join(__dirname, "../../src/notebook/fonts");

/** Paths of the shipped font files. */
export const FONT_FILES: readonly string[] = ["latin-400", "latin-700", "greek-400", "greek-700"].map((name) =>
  join(FOLDER, `arimo-${name}.ttf`),
);

type Widths = (codePoint: number) => number | undefined;

let regular: Widths | undefined;
let bold: Widths | undefined;

/** Width of a text in the shipped font, in the units of `size`. Unknown characters count as wide as a digit. */
export function textWidth(text: string, size: number, isBold = false): number {
  regular ??= readWidths(FONT_FILES[0]);
  bold ??= readWidths(FONT_FILES[1]);
  const widths = isBold ? bold : regular;
  let sum = 0;
  for (const character of text) sum += widths(character.codePointAt(0) ?? 0) ?? 0.556;
  return sum * size;
}

/** Advance widths of a TrueType font in ems, from its `hmtx` table through the format 4 `cmap` (OpenType 1.9). */
function readWidths(path: string): Widths {
  const font = readFileSync(path);
  const tables = new Map<string, number>();
  for (let i = 0; i < font.readUInt16BE(4); i++) {
    const at = 12 + 16 * i;
    tables.set(font.toString("latin1", at, at + 4), font.readUInt32BE(at + 8));
  }
  const start = (name: string) => tables.get(name) ?? 0;
  const unitsPerEm = font.readUInt16BE(start("head") + 18);
  const metrics = font.readUInt16BE(start("hhea") + 34);
  const glyphs = glyphIndices(font, start("cmap"));
  return (codePoint) => {
    const glyph = glyphs(codePoint);
    if (glyph === 0) return undefined;
    return font.readUInt16BE(start("hmtx") + 4 * Math.min(glyph, metrics - 1)) / unitsPerEm;
  };
}

function glyphIndices(font: Buffer, cmap: number): (codePoint: number) => number {
  let table = 0;
  for (let i = 0; i < font.readUInt16BE(cmap + 2); i++) {
    const at = cmap + font.readUInt32BE(cmap + 4 + 8 * i + 4);
    if (font.readUInt16BE(at) === 4) table = at;
  }
  const doubled = font.readUInt16BE(table + 6);
  const ends = table + 14;
  const starts = ends + doubled + 2;
  return (codePoint) => {
    for (let at = 0; at < doubled; at += 2) {
      if (codePoint > font.readUInt16BE(ends + at)) continue;
      const first = font.readUInt16BE(starts + at);
      if (codePoint < first) return 0;
      const delta = font.readUInt16BE(starts + doubled + at);
      const offsets = starts + 2 * doubled + at;
      const offset = font.readUInt16BE(offsets);
      if (offset === 0) return (codePoint + delta) & 0xffff;
      const glyph = font.readUInt16BE(offsets + offset + 2 * (codePoint - first));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}
