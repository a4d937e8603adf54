/** A closed line of points, x and y by turns. */
export type Polygon = readonly number[];

/** The indices of the points inside a polygon: those from which a ray crosses its sides an odd number of times. */
export function pointsInside(polygon: Polygon, x: ArrayLike<number>, y: ArrayLike<number>): number[] {
  const inside: number[] = [];
  for (let i = 0; i < x.length; i++) if (isInside(polygon, x[i], y[i])) inside.push(i);
  return inside;
}

function isInside(polygon: Polygon, x: number, y: number): boolean {
  let odd = false;
  for (let k = 0, j = polygon.length - 2; k < polygon.length; j = k, k += 2) {
    const [x1, y1, x2, y2] = [polygon[k], polygon[k + 1], polygon[j], polygon[j + 1]];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) odd = !odd;
  }
  return odd;
}
