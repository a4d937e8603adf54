// Reads files with the built package and writes what it found: one JSON line for each file, and the numbers of signal s
// of file f as float32 in <folder>/<f>-<s>.f32. Used by compare.py.
// node test/io/dm/dump-signals.mjs FOLDER FILE...
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const { read, inspect } = createRequire(import.meta.url)("../../../dist/io/index.js");
const [folder, ...files] = process.argv.slice(2);
for (const [f, file] of files.entries()) {
  let line;
  try {
    const infos = await inspect(file);
    const signals = await read(file, { energy: undefined });
    line = signals.map((signal, s) => {
      const { data, kind, shape, axes, metadata } = signal;
      writeFileSync(join(folder, `${f}-${s}.f32`), Buffer.from(data.buffer, data.byteOffset, data.byteLength));
      return { kind, shape, axes: Object.values(axes), dtype: infos[s].dtype, title: metadata.title };
    });
  } catch (error) {
    line = { error: String(error.message ?? error) };
  }
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
