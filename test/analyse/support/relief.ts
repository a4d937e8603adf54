import { createRandom } from "../../../src/core";
import { axis, image, spectrumImage } from "../../../src/data";

export const [ROWS, COLUMNS, CHANNELS] = [16, 18, 12];

/** A scan: smooth random relief; the spectrum of a pixel is a peak whose height follows the relief around it. */
export function relief() {
  const random = createRandom(3);
  const waves = Array.from({ length: 6 }, () => [random.between(0.2, 1), random.between(0.2, 1), random.between(0, 6)]);
  const height = Float32Array.from({ length: ROWS * COLUMNS }, (_, p) =>
    waves.reduce((sum, [a, b, c]) => sum + Math.sin(a * Math.floor(p / COLUMNS) + b * (p % COLUMNS) + c), 0),
  );
  const spectra = Float32Array.from({ length: ROWS * COLUMNS * CHANNELS }, (_, i) => {
    const c = i % CHANNELS;
    return 500 + 100 * (1 + 0.1 * height[Math.floor(i / CHANNELS)]) * Math.exp(-((c - 6) ** 2) / 6);
  });
  const energy = axis("energy", CHANNELS, { units: "eV", offset: 0.2, scale: 0.05 });
  return {
    image: image(height, [ROWS, COLUMNS]),
    spectra: spectrumImage(spectra, [ROWS, COLUMNS, CHANNELS], { axes: { energy } }),
  };
}
