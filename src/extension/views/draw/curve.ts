import { extremes } from "./extremes";
import type { Scale } from "./scale";

/** Values at even steps of x. */
export interface Curve {
  readonly values: ArrayLike<number>;
  /** x of the first value, and the step. */
  readonly offset: number;
  readonly scale: number;
}

/**
 * Adds a curve to the path of a context. Of many values within a pixel their smallest and largest are drawn, so that no
 * peak is lost; the line breaks where none of them is finite.
 */
export function traceCurve(
  context: CanvasRenderingContext2D,
  { values, offset, scale }: Curve,
  x: Scale,
  y: Scale,
): void {
  const perPixel = Math.abs(x.value(1) - x.value(0)) / Math.abs(scale);
  const step = Math.max(1, Math.floor(perPixel / 2));
  let isDown = false;
  const go = (i: number, value: number) => {
    const [px, py] = [x.pixel(offset + scale * i), y.pixel(value)];
    if (!Number.isFinite(py)) isDown = false;
    else if (isDown) context.lineTo(px, py);
    else {
      context.moveTo(px, py);
      context.lineTo(px + 0.1, py); // a value alone is a dot, where line ends are round
    }
    isDown = Number.isFinite(py);
  };
  for (let i = 0; i < values.length; i += step) {
    const [low, high] = extremes(values, i, Math.min(values.length, i + step));
    go(Math.min(low, high), values[Math.min(low, high)]);
    if (low !== high) go(Math.max(low, high), values[Math.max(low, high)]);
  }
}

/** Fills the band between two curves. */
export function fillBand(
  context: CanvasRenderingContext2D,
  low: Curve,
  high: Curve,
  x: Scale,
  y: Scale,
  colour: string,
): void {
  const path: [number, number][] = [];
  for (let i = 0; i < low.values.length; i++) path.push([x.pixel(low.offset + low.scale * i), y.pixel(low.values[i])]);
  for (let i = high.values.length - 1; i >= 0; i--) {
    path.push([x.pixel(high.offset + high.scale * i), y.pixel(high.values[i])]);
  }
  context.beginPath();
  for (const [px, py] of path) context.lineTo(px, py);
  context.fillStyle = colour;
  context.fill();
}
