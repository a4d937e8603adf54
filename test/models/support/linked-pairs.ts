import { createRandom } from "../../../src/core";
import { axis, type Pairs } from "../../../src/data";

/**
 * Windows of 8 x 8 with a bar at any angle, and spectra of 16 channels. Two factors are shared: the bar's length is the
 * peak's place, its brightness the peak's height; the angle is in the image alone.
 */
export function linkedPairs(n: number, seed = 1): Pairs {
  const random = createRandom(seed);
  const images = new Float32Array(n * 64);
  const spectra = new Float32Array(n * 16);
  for (let i = 0; i < n; i++) {
    const [length, height, angle] = [random.uniform(), random.uniform(), random.between(-0.8, 0.8)];
    for (let k = 0; k < 64; k++) {
      const [y, x] = [Math.floor(k / 8) / 3.5 - 1, (k % 8) / 3.5 - 1];
      const along = x * Math.cos(angle) + y * Math.sin(angle);
      const across = y * Math.cos(angle) - x * Math.sin(angle);
      const bar = Math.exp(-((along / (0.3 + 0.6 * length)) ** 2) - (across / 0.3) ** 2);
      images[i * 64 + k] = (0.3 + 0.65 * height) * bar;
    }
    for (let k = 0; k < 16; k++) {
      const distance = (k - 3 - 9 * length) / 2;
      spectra[i * 16 + k] = (0.3 + 0.65 * height) * Math.exp(-(distance ** 2));
    }
  }
  return {
    kind: "pairs",
    images: { data: images, shape: [n, 8, 8, 1] },
    spectra: { data: spectra, shape: [n, 16] },
    positions: Int32Array.from({ length: 2 * n }, (_, k) => (k % 2 === 0 ? 0 : k / 2)),
    scan: [1, n],
    scaling: { images: { offset: 0, range: 2 }, spectra: { offset: 1, range: 3 } },
    axes: {
      y: axis("y", 1, { units: "nm" }),
      x: axis("x", n, { units: "nm" }),
      energy: axis("energy", 16, { units: "eV", scale: 0.05 }),
    },
    metadata: {},
    history: [],
  };
}
