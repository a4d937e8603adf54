import { closeSync, openSync, writeSync } from "node:fs";
import { createRandom } from "../dist/core/index.js";

/**
 * Spectra on disk, row after row of float32: sparse mixtures of `endmembers` spectra of a few peaks on a falling
 * background, with noise that grows as the root of the signal (as that of counts does). `seed` fixes all of it.
 */
export function writeSpectra(path, { rows, columns, endmembers, seed = 0, header = new Uint8Array(0) }) {
  const random = createRandom(seed);
  const spectra = Array.from({ length: endmembers }, () => spectrum(columns, random));
  const noise = Float32Array.from({ length: 1 << 20 }, () => 0.05 * random.normal());
  const file = openSync(path, "w");
  try {
    writeSync(file, header);
    const height = Math.max(1, Math.floor((16 << 20) / (4 * columns)));
    const block = new Float32Array(height * columns);
    for (let first = 0; first < rows; first += height) {
      const count = Math.min(height, rows - first);
      for (let row = 0; row < count; row++) {
        mix(block.subarray(row * columns, (row + 1) * columns), spectra, noise, random);
      }
      writeSync(file, new Uint8Array(block.buffer, 0, 4 * count * columns));
    }
  } finally {
    closeSync(file);
  }
}

function spectrum(columns, random) {
  const peaks = Array.from({ length: 3 }, () => [random.uniform(), 0.01 + 0.05 * random.uniform(), random.uniform()]);
  const decay = 1 + 3 * random.uniform();
  return Float32Array.from({ length: columns }, (_, c) => {
    const at = c / columns;
    const background = 0.3 * Math.exp(-decay * at);
    return peaks.reduce(
      (sum, [centre, width, height]) => sum + height * Math.exp(-(((at - centre) / width) ** 2) / 2),
      background,
    );
  });
}

/** One to three of the spectra with weights that add up to 1, and noise. */
function mix(target, spectra, noise, random) {
  target.fill(0);
  const parts = Array.from({ length: 3 }, () => [Math.floor(random.uniform() * spectra.length), random.uniform() ** 2]);
  const sum = parts.reduce((total, [, weight]) => total + weight, 1e-9);
  for (const [j, weight] of parts) {
    for (let c = 0; c < target.length; c++) target[c] += (weight / sum) * spectra[j][c];
  }
  const from = Math.floor(random.uniform() * noise.length);
  for (let c = 0; c < target.length; c++) {
    const value = target[c] + Math.sqrt(target[c]) * noise[(from + c) % noise.length];
    target[c] = value > 0 ? value : 0;
  }
}
