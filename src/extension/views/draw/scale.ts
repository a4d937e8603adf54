/** Straight line between values and pixels. */
export interface Scale {
  readonly domain: readonly [number, number];
  /** Pixels of the ends of the domain; on a y axis the first is below the second. */
  readonly range: readonly [number, number];
  pixel(value: number): number;
  value(pixel: number): number;
}

export function scale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const slope = (range[1] - range[0]) / (domain[1] - domain[0] || 1);
  return {
    domain,
    range,
    pixel: (value) => range[0] + slope * (value - domain[0]),
    value: (pixel) => domain[0] + (pixel - range[0]) / slope,
  };
}
