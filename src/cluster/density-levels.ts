import type { Density } from "./results";

/**
 * The density above which a share of all lies, for each share: the level of the contour that encloses it (the smallest
 * such region). The grid must cover the density.
 */
export function densityLevels({ values }: Density, shares: readonly number[]): number[] {
  const sorted = values.slice().sort().reverse();
  const total = sorted.reduce((a, b) => a + b, 0);
  return shares.map((share) => {
    let sum = 0;
    const at = sorted.findIndex((value) => {
      sum += value;
      return sum >= share * total;
    });
    return sorted[at < 0 ? sorted.length - 1 : at];
  });
}
