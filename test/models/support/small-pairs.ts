import { createRandom } from "../../../src/core";
import { axis, type Pairs } from "../../../src/data";
import { type Im2specModel, type Im2specOptions, im2spec, type Model } from "../../../src/models";

/** Windows of 8 x 8 with one bright blob, and spectra of 16 channels whose peak follows the blob: learnable in seconds. */
export function smallPairs(n: number, seed = 1): Pairs {
  const random = createRandom(seed);
  const images = new Float32Array(n * 64);
  const spectra = new Float32Array(n * 16);
  for (let i = 0; i < n; i++) {
    const [row, column] = [random.between(1, 7), random.between(1, 7)];
    for (let k = 0; k < 64; k++) {
      const distance = (Math.floor(k / 8) - row) ** 2 + ((k % 8) - column) ** 2;
      images[i * 64 + k] = Math.exp(-distance / 4);
    }
    for (let k = 0; k < 16; k++) spectra[i * 16 + k] = (row / 7) * Math.exp(-((k - 2 * column) ** 2) / 6);
  }
  return {
    kind: "pairs",
    images: { data: images, shape: [n, 8, 8, 1] },
    spectra: { data: spectra, shape: [n, 16] },
    positions: Int32Array.from({ length: 2 * n }, (_, k) => k),
    scan: [2 * n, 2 * n],
    scaling: { images: { offset: 0, range: 2 }, spectra: { offset: 1, range: 3 } },
    axes: {
      y: axis("y", 2 * n, { units: "nm" }),
      x: axis("x", 2 * n, { units: "nm" }),
      energy: axis("energy", 16, { units: "eV", scale: 0.05 }),
    },
    metadata: {},
    history: [],
  };
}

/** A network of 4 filters for these pairs. */
export function smallModel(options: Partial<Im2specOptions> = {}): Im2specModel {
  return im2spec({ image: [8, 8, 1], spectrum: 16, encoderFilters: 4, decoderFilters: 4, seed: 1, ...options });
}

/** All parameters of a model, one after the other. */
export function weightsOf(model: Model): number[] {
  return Object.values(model.parameters).flatMap(({ data }) => [...data]);
}
