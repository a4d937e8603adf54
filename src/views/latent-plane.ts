import type { LatentCoordinates } from "../analyse";
import { density } from "../cluster/density";
import { densityLevels } from "../cluster/density-levels";
import { isSpecbookError } from "../core/errors";
import { SHARES } from "../plot/contour-layer";
import { contours } from "../plot/contours";
import { densityPlane, padded } from "../plot/density-plane";

/** The samples in the plane of two latents. */
export interface LatentPlane {
  readonly latents: readonly [number, number];
  /** A value for each sample. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly range: { readonly x: readonly [number, number]; readonly y: readonly [number, number] };
  readonly titles: readonly [string, string];
  /** Lines of the density, the outermost first: x and y by turns, NaN between two lines. */
  readonly contours: readonly Float32Array[];
}

/** The density of more samples is that of so many of them. */
const MOST_SAMPLES = 20_000;
/** The outermost line first: the inner ones are drawn over it. */
const OUTWARDS = SHARES.toReversed();

/**
 * The samples in the plane of two latents, with the lines that enclose 90, 70, 50, 30 and 10 % of their density. Where a
 * model has a single latent, the samples are spread under the curve of its density.
 */
export function latentPlane(coordinates: LatentCoordinates, latents: readonly [number, number]): LatentPlane {
  const x = column(coordinates, latents[0]);
  if (latents[0] === latents[1]) return latentLine(coordinates, latents, x);
  const { y, edges: range, estimate } = densityPlane(coordinates, latents, { samples: thinned(coordinates) });
  const lines =
    estimate === undefined
      ? []
      : densityLevels(estimate, OUTWARDS).map((level) =>
          joined(contours(estimate, level).map((line) => [line.x, line.y])),
        );
  return { latents, x, y, range, titles: [`z${latents[0] + 1}`, `z${latents[1] + 1}`], contours: lines };
}

function latentLine(coordinates: LatentCoordinates, latents: readonly [number, number], x: Float32Array): LatentPlane {
  const titles = [`z${latents[0] + 1}`, "Density"] as const;
  const curve = lineDensity(coordinates, latents[0]);
  if (curve === undefined) {
    const y = x.map((_, i) => spread(i));
    return { latents, x, y, range: { x: padded(x), y: [0, 1] }, titles, contours: [] };
  }
  const top = curve.values.reduce((a, b) => Math.max(a, b));
  const first = curve.x[0];
  const step = (curve.x[curve.x.length - 1] - first) / (curve.x.length - 1);
  const y = x.map((value, i) => spread(i) * curve.values[Math.round((value - first) / step)]);
  const range = { x: [first, curve.x[curve.x.length - 1]] as const, y: [0, 1.06 * top] as const };
  return { latents, x, y, range, titles, contours: [joined([[curve.x, curve.values]])] };
}

function lineDensity(coordinates: LatentCoordinates, latent: number) {
  try {
    return density(thinned(coordinates), { latents: [latent], points: 512 });
  } catch (error) {
    if (isSpecbookError(error, "DataError")) return undefined; // a latent that does not vary
    throw error;
  }
}

/** From 0.02 to 0.98, even for any run of neighbours: van der Corput's sequence, the digits of i read backwards. */
function spread(i: number): number {
  let value = 0;
  let share = 0.5;
  for (let rest = i + 1; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) value += share;
    share /= 2;
  }
  return 0.02 + 0.96 * value;
}

function column({ values }: LatentCoordinates, latent: number): Float32Array {
  const [count, size] = values.shape;
  return Float32Array.from({ length: count }, (_, i) => values.data[i * size + latent]);
}

function thinned(coordinates: LatentCoordinates): LatentCoordinates {
  const { values } = coordinates;
  const [count, size] = values.shape;
  if (count <= MOST_SAMPLES) return coordinates;
  const data = new Float32Array(MOST_SAMPLES * size);
  for (let i = 0; i < MOST_SAMPLES; i++) {
    const from = Math.floor((i * count) / MOST_SAMPLES) * size;
    data.set(values.data.subarray(from, from + size), i * size);
  }
  return { ...coordinates, values: { data, shape: [MOST_SAMPLES, size] } };
}

function joined(lines: readonly (readonly [ArrayLike<number>, ArrayLike<number>])[]): Float32Array {
  const numbers = lines.flatMap(([x, y]) => [
    ...Array.from(x, (value, i) => [value, y[i]]).flat(),
    Number.NaN,
    Number.NaN,
  ]);
  return Float32Array.from(numbers);
}
