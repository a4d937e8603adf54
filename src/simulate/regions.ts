import { type Fate, outline, type Site } from "./array-geometry";
import type { SimulationPace } from "./pace";

/** What the beam hits at every scan pixel: 1 where it does, 0 elsewhere; each pixel is in exactly one of the four. */
export interface RegionMasks {
  /** Inside a cube. */
  readonly particle: Uint8Array;
  /** Between cubes. */
  readonly gap: Uint8Array;
  /** Where neighbours are missing. */
  readonly hole: Uint8Array;
  /** Beyond the edge of the film. */
  readonly outside: Uint8Array;
}

/** The masks, and the distance in nm from each pixel to the nearest cube (negative inside). */
export interface Regions {
  readonly masks: RegionMasks;
  readonly distance: Float32Array;
}

/** Sorts pixel centres (x, y in nm) into regions by the two nearest places of the lattice; the last steps of the work. */
export async function regionsOf(
  sites: readonly Site[],
  xs: Float64Array,
  ys: Float64Array,
  pace: SimulationPace,
): Promise<Regions> {
  const pixels = xs.length * ys.length;
  const mask = () => new Uint8Array(pixels);
  const masks = { particle: mask(), gap: mask(), hole: mask(), outside: mask() };
  const distance = new Float32Array(pixels);
  const places = sites.map(({ cube, fate }) => ({ distanceAt: outline(cube), fate }));
  for (const [row, y] of ys.entries()) {
    await pace.step(0.97 + (0.03 * row) / ys.length);
    xs.forEach((x, column) => {
      const at = row * xs.length + column;
      const { kept, fates } = nearest(places, x, y);
      distance[at] = kept;
      if (kept < 0) masks.particle[at] = 1;
      else if (fates.includes("hole")) masks.hole[at] = 1;
      else if (fates.includes("outside")) masks.outside[at] = 1;
      else masks.gap[at] = 1;
    });
  }
  return { masks, distance };
}

interface Place {
  readonly distanceAt: (x: number, y: number) => number;
  readonly fate: Fate;
}

function nearest(places: readonly Place[], x: number, y: number) {
  let kept = Number.POSITIVE_INFINITY;
  const best = { first: Number.POSITIVE_INFINITY, second: Number.POSITIVE_INFINITY };
  const fates: [Fate, Fate] = ["kept", "kept"];
  for (const { distanceAt, fate } of places) {
    const distance = distanceAt(x, y);
    if (fate === "kept") kept = Math.min(kept, distance);
    if (distance < best.first) {
      best.second = best.first;
      fates[1] = fates[0];
      best.first = distance;
      fates[0] = fate;
    } else if (distance < best.second) {
      best.second = distance;
      fates[1] = fate;
    }
  }
  return { kept, fates };
}
