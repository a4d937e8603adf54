import { createRandom } from "../../../src/core";
import type { FloatArray } from "../../../src/data";

/** Elongated blobs of one of two lengths at any angle, [n, size, size, 1]: content is the length, pose the angle. */
export function turnedBlobs(n: number, size: number, seed = 1): FloatArray {
  const random = createRandom(seed);
  const data = new Float32Array(n * size * size);
  for (let i = 0; i < n; i++) {
    const angle = random.between(0, Math.PI);
    const long = i % 2 === 0 ? 0.75 : 0.4;
    blob(data.subarray(i * size * size, (i + 1) * size * size), size, angle, long, 0.22);
  }
  return { data, shape: [n, size, size, 1] };
}

function blob(to: Float32Array, size: number, angle: number, long: number, short: number): void {
  const middle = (size - 1) / 2;
  for (let k = 0; k < size * size; k++) {
    const [y, x] = [(Math.floor(k / size) - middle) / middle, ((k % size) - middle) / middle];
    const along = x * Math.cos(angle) + y * Math.sin(angle);
    const across = y * Math.cos(angle) - x * Math.sin(angle);
    to[k] = Math.exp(-((along / long) ** 2) - (across / short) ** 2);
  }
}

/** Square images [n, size, size, channels] turned counter-clockwise by 90 degrees. */
export function quarterTurn({ data, shape }: FloatArray): FloatArray {
  const [n, size, , channels] = shape;
  const turned = new Float32Array(data.length);
  for (let i = 0; i < n; i++) {
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const from = ((i * size + column) * size + (size - 1 - row)) * channels;
        turned.set(data.subarray(from, from + channels), ((i * size + row) * size + column) * channels);
      }
    }
  }
  return { data: turned, shape };
}
