/** Points [n, d] sorted into boxes, so that neighbours are found without looking at every point. */
export interface KdTree {
  readonly data: Float64Array;
  readonly d: number;
  readonly root: Node;
}

interface Node {
  /** Points of a leaf. */
  readonly points?: Int32Array;
  /** Axis and value at which the two halves of a branch meet. */
  readonly axis: number;
  readonly at: number;
  readonly low?: Node;
  readonly high?: Node;
}

const LEAF = 24;

/** Builds the tree (J. L. Bentley, Commun. ACM 18, 509 (1975), doi:10.1145/361002.361007). */
export function kdTree(data: Float64Array, n: number, d: number): KdTree {
  const build = (points: Int32Array): Node => {
    const axis = widest(data, points, d);
    if (points.length <= LEAF || axis < 0) return { points, axis: 0, at: 0 };
    const sorted = points.sort((a, b) => data[a * d + axis] - data[b * d + axis]);
    const half = sorted.length >> 1;
    return {
      axis,
      at: data[sorted[half] * d + axis],
      low: build(sorted.slice(0, half)),
      high: build(sorted.slice(half)),
    };
  };
  return { data, d, root: build(Int32Array.from({ length: n }, (_, i) => i)) };
}

/** The axis along which points spread most; -1 where they all lie on one spot. */
function widest(data: Float64Array, points: Int32Array, d: number): number {
  let axis = -1;
  let widestSpread = 0;
  for (let j = 0; j < d; j++) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const point of points) {
      low = Math.min(low, data[point * d + j]);
      high = Math.max(high, data[point * d + j]);
    }
    if (high - low > widestSpread) [axis, widestSpread] = [j, high - low];
  }
  return axis;
}

/** Calls `visit` for every point that may lie within the distance that `limit()` says (squared), nearest box first. */
function search(
  { data, d, root }: KdTree,
  query: ArrayLike<number>,
  limit: () => number,
  visit: (point: number, squared: number) => void,
): void {
  const descend = (node: Node) => {
    if (node.points !== undefined) {
      for (const point of node.points) {
        let squared = 0;
        const bound = limit();
        for (let j = 0; j < d && squared <= bound; j++) squared += (data[point * d + j] - query[j]) ** 2;
        if (squared <= bound) visit(point, squared);
      }
      return;
    }
    const offset = query[node.axis] - node.at;
    const [near, far] = offset < 0 ? [node.low, node.high] : [node.high, node.low];
    if (near !== undefined) descend(near);
    if (far !== undefined && offset * offset <= limit()) descend(far);
  };
  descend(root);
}

/** The nearest points of a query, nearest first, equal ones in the order of the points. */
export function nearest(tree: KdTree, query: ArrayLike<number>, count: number): { point: number; squared: number }[] {
  const found: { point: number; squared: number }[] = [];
  const isBefore = (a: { point: number; squared: number }, b: { point: number; squared: number }) =>
    a.squared < b.squared || (a.squared === b.squared && a.point < b.point);
  const limit = () => (found.length < count ? Number.POSITIVE_INFINITY : found[count - 1].squared);
  search(tree, query, limit, (point, squared) => {
    const own = { point, squared };
    let place = found.length;
    while (place > 0 && isBefore(own, found[place - 1])) place--;
    found.splice(place, 0, own);
    if (found.length > count) found.pop();
  });
  return found;
}

/** The points within a distance of a query, in their order. */
export function within(tree: KdTree, query: ArrayLike<number>, radius: number): number[] {
  const found: number[] = [];
  const squaredRadius = radius * radius;
  search(
    tree,
    query,
    () => squaredRadius,
    (point) => void found.push(point),
  );
  return found.sort((a, b) => a - b);
}
