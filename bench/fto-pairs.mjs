import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { axis } from "../dist/data/index.js";
import { readNpy, readNpz } from "../dist/io/index.js";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
/** The folder of the test data. */
export const SHARED = process.env.SPECBOOK_SHARED ?? join(ROOT, "../shared");

/** The reconstructed FT:IO pairs with noise, and both ways of splitting them. */
export async function ftoPairs() {
  const data = join(SHARED, "data");
  if (!existsSync(data)) throw new Error(`no test data in ${data}: set SPECBOOK_SHARED to the folder that holds data/`);
  const noisy = await readNpz(join(data, "parity/pairs_fto_noisy.npz"));
  const haadf = await readNpy(join(data, "fto/fto_haadf_62x75_u8.npy"));
  const columns = haadf.shape[1];
  const positions = Int32Array.from(noisy.pos.data);
  const n = positions.length / 2;
  const [low, high] = noisy.image_lo_hi.data;
  const images = new Float32Array(n * 256);
  for (let i = 0; i < n; i++) {
    for (let y = 0; y < 16; y++) {
      for (let x = 0; x < 16; x++) {
        const value = haadf.data[(positions[2 * i] - 8 + y) * columns + positions[2 * i + 1] - 8 + x];
        images[i * 256 + y * 16 + x] = (value - low) / (high - low);
      }
    }
  }
  const all = Array.from({ length: n }, (_, i) => i);
  const pairs = { images, spectra: Float32Array.from(noisy.spectra.data), positions, n, channels: 187 };
  return {
    ...pairs,
    all,
    splits: {
      random: { train: [...noisy.train_idx.data], test: [...noisy.test_idx.data] },
      spatial: {
        train: all.filter((i) => positions[2 * i + 1] <= 48),
        test: all.filter((i) => positions[2 * i + 1] >= 57),
      },
    },
  };
}

/** Some of the pairs, as `fit` takes them. */
export function subset(fto, indices) {
  const images = new Float32Array(indices.length * 256);
  const spectra = new Float32Array(indices.length * fto.channels);
  const positions = new Int32Array(indices.length * 2);
  for (const [i, from] of indices.entries()) {
    images.set(fto.images.subarray(from * 256, (from + 1) * 256), i * 256);
    spectra.set(fto.spectra.subarray(from * fto.channels, (from + 1) * fto.channels), i * fto.channels);
    positions.set(fto.positions.subarray(2 * from, 2 * from + 2), 2 * i);
  }
  const unscaled = { offset: 0, range: 1 };
  return {
    kind: "pairs",
    images: { data: images, shape: [indices.length, 16, 16, 1] },
    spectra: { data: spectra, shape: [indices.length, fto.channels] },
    positions,
    scan: [62, 75],
    scaling: { images: unscaled, spectra: unscaled },
    axes: { y: axis("y", 62), x: axis("x", 75), energy: axis("energy", fto.channels) },
    metadata: {},
    history: [],
  };
}

/** rel = sqrt(mean((p - t)^2) / mean((p + t)^2)) and the mean squared error, over rows of `channels` values. */
export function errorOf(predicted, target, rows, channels) {
  let square = 0;
  let scale = 0;
  for (const row of rows) {
    for (let k = row * channels; k < (row + 1) * channels; k++) {
      square += (predicted[k] - target[k]) ** 2;
      scale += (predicted[k] + target[k]) ** 2;
    }
  }
  return { mse: square / rows.length / channels, rel: Math.sqrt(square / scale) };
}

/** Mean over rows of each row's own rel. */
export function meanPixelError(predicted, target, rows, channels) {
  return rows.reduce((sum, row) => sum + errorOf(predicted, target, [row], channels).rel, 0) / rows.length;
}
