/**
 * Writes the film of the paper on predictability as it was rebuilt from published figures, with its image, for the paper
 * presets of notebooks/im2spec-paper:
 *
 *   node bench/reconstructed-film.mjs FILE.hspy [--python PYTHON]
 *   npx specbook run notebooks/im2spec-paper/3-im2spec.ipynb --preset paper -p hp.file=FILE.hspy
 *
 * The noise is normal, .018 / sqrt(8) in each channel, of `numpy.random.default_rng(0)`, the one that the pairs of
 * bench/fto-pairs.mjs have. PYTHON has to have NumPy; without it the peers' Python is taken (installed at the first use).
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { axis, image, spectrumImage } from "../dist/data/index.js";
import { readNpy, save } from "../dist/io/index.js";
import { SHARED } from "./fto-pairs.mjs";
import { peerPython } from "./peers.mjs";

const NOISE = `
import sys, numpy
clean = numpy.load(sys.argv[1])
noise = numpy.random.default_rng(0).normal(0, 0.018 / numpy.sqrt(8), clean.shape)
sys.stdout.buffer.write((clean.astype(numpy.float64) + noise).astype("<f4").tobytes())
`;

const { values: options, positionals } = parseArgs({ allowPositionals: true, options: { python: { type: "string" } } });
if (positionals.length !== 1) {
  console.error("usage: node bench/reconstructed-film.mjs FILE.hspy [--python PYTHON]");
  process.exit(2);
}
const [file] = positionals;
const fto = (name) => join(SHARED, "data/fto", name);

const python = options.python ?? (await peerPython());
const clean = fto("fto_si_reconstructed_noiseless_62x75x187_f32.npy");
const bytes = execFileSync(python, ["-c", NOISE, clean], { maxBuffer: 16 << 20 });
const counts = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
const haadf = await readNpy(fto("fto_haadf_62x75_u8.npy"));
const { data: energies } = await readNpy(fto("fto_energy_axis_187_eV.npy"));
const [rows, columns] = haadf.shape;
const channels = energies.length;
const axes = {
  y: axis("y", rows),
  x: axis("x", columns),
  energy: axis("energy", channels, {
    offset: energies[0],
    scale: (energies[channels - 1] - energies[0]) / (channels - 1),
    units: "eV",
  }),
};
const metadata = { source: "reconstructed from published figures" };
await save(
  {
    image: image(Float32Array.from(haadf.data), [rows, columns], { axes: { y: axes.y, x: axes.x }, metadata }),
    spectra: spectrumImage(counts, [rows, columns, channels], { axes, metadata }),
  },
  file,
);
console.log(`${file}: ${rows} x ${columns} x ${channels}, reconstructed from published figures`);
