import type { Axis } from "../data";

/** The energies that the channels first..last cover, from edge to edge. */
export function channelBand({ offset, scale }: Axis, first: number, last: number): readonly [number, number] {
  const edges = [offset + scale * (first - 0.5), offset + scale * (last + 0.5)];
  return scale > 0 ? [edges[0], edges[1]] : [edges[1], edges[0]];
}
