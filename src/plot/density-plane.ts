import type { LatentCoordinates } from "../analyse/results";
import { density } from "../cluster/density";
import { densityLevels } from "../cluster/density-levels";
import { isSpecbookError } from "../core/errors";
import { isPlane, type PlaneDensity, SHARES } from "./contour-layer";
import { extent } from "./numbers";

/** Where a panel of two latents begins and ends. */
export interface PlaneEdges {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** Two latents of every window, the panel they are drawn in, and their kernel density over it. */
export interface DensityPlane {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly edges: PlaneEdges;
  /** Undefined where a latent does not vary, or both move as one. */
  readonly estimate?: PlaneDensity;
}

/** Options of `densityPlane`. */
export interface DensityPlaneOptions {
  /** Points of the density along each side. Default 72. */
  readonly cells?: number;
  /** The panel goes from -range to range along both sides. Default: over the points. */
  readonly range?: number;
  /** Whose density it is. Default: all windows'. */
  readonly samples?: LatentCoordinates;
}

const CELLS = 72;

/** Room around the points, of their extent: as much as the widest contour needs, but not more than this. */
const ROOM = [0.1, 0.18, 0.3];

/** The panel of two latents: over the range given, or over the points with room for the contours of their density. */
export function densityPlane(
  latent: LatentCoordinates,
  latents: readonly [number, number],
  { cells = CELLS, range, samples = latent }: DensityPlaneOptions = {},
): DensityPlane {
  const [count, size] = latent.values.shape;
  const [x, y] = latents.map((at) => Float32Array.from({ length: count }, (_, i) => latent.values.data[i * size + at]));
  if (range !== undefined) {
    const edges = { x: [-range, range], y: [-range, range] } as const;
    return { x, y, edges, estimate: densityOf(samples, latents, edges, cells) };
  }
  const over = (share: number) => {
    const edges = { x: padded(x, share), y: padded(y, share) };
    return { x, y, edges, estimate: densityOf(samples, latents, edges, cells) };
  };
  let plane = over(ROOM[0]);
  for (const share of ROOM.slice(1)) {
    if (plane.estimate === undefined || holdsContours(plane.estimate)) break;
    plane = over(share);
  }
  return plane;
}

/** The extent of values with a little room around it. */
export function padded(values: ArrayLike<number>, share = 0.1): readonly [number, number] {
  const [low, high] = extent(values) ?? [0, 1];
  const pad = share * (high - low) || 0.5;
  return [low - pad, high + pad];
}

function densityOf(
  latent: LatentCoordinates,
  latents: readonly [number, number],
  range: PlaneEdges,
  cells: number,
): PlaneDensity | undefined {
  if (latents[0] === latents[1]) return undefined;
  try {
    const found = density(latent, { latents, range, points: cells });
    return isPlane(found) ? found : undefined;
  } catch (error) {
    if (isSpecbookError(error, "DataError")) return undefined;
    throw error;
  }
}

/** True where no contour reaches the border of the grid. */
function holdsContours(density: PlaneDensity): boolean {
  const lowest = Math.min(...densityLevels(density, SHARES));
  const [columns, rows] = [density.x.length, density.y.length];
  const at = (row: number, column: number) => density.values[row * columns + column];
  for (let column = 0; column < columns; column++) {
    if (Math.max(at(0, column), at(rows - 1, column)) >= lowest) return false;
  }
  for (let row = 0; row < rows; row++) if (Math.max(at(row, 0), at(row, columns - 1)) >= lowest) return false;
  return true;
}
