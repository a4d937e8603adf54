import { label, niceTicks } from "../../../plot/numbers";
import type { Scale } from "./scale";
import type { Theme } from "./theme";

/** Two axes with titles; an axis without a scale is not drawn. */
export interface AxesOptions {
  readonly x?: Scale;
  readonly y?: Scale;
  readonly xTitle?: string;
  readonly yTitle?: string;
  /** Ticks and their labels, where they are not round numbers of the domain. */
  readonly yTicks?: readonly (readonly [number, string])[];
}

/** Family of all text on a canvas. */
export const FAMILY = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

/** Pixels of room that axes need outside the scales' ranges. */
export const ROOM = { left: 56, bottom: 40, top: 8, right: 10 } as const;

/** Draws axes with ticks outside, in the style of the figures: no frame, no grid. */
export function drawAxes(context: CanvasRenderingContext2D, theme: Theme, options: AxesOptions): void {
  context.save();
  context.lineWidth = 1;
  context.strokeStyle = theme.muted;
  if (options.x !== undefined) drawX(context, theme, options.x, options);
  if (options.y !== undefined) drawY(context, theme, options.y, options);
  context.restore();
}

function drawX(context: CanvasRenderingContext2D, theme: Theme, x: Scale, { y, xTitle }: AxesOptions): void {
  const [left, right] = x.range;
  const line = crisp(y?.range[0] ?? 0);
  const ticks = niceTicks(x.domain[0], x.domain[1], Math.max(2, (right - left) / 70));
  context.beginPath();
  context.moveTo(left, line);
  context.lineTo(right, line);
  for (const tick of ticks) {
    context.moveTo(crisp(x.pixel(tick)), line);
    context.lineTo(crisp(x.pixel(tick)), line + 4);
  }
  context.stroke();
  context.font = `10.5px ${FAMILY}`;
  context.fillStyle = theme.muted;
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const tick of ticks) context.fillText(tickText(tick), x.pixel(tick), line + 7);
  context.font = `12px ${FAMILY}`;
  context.fillStyle = theme.ink;
  if (xTitle !== undefined) context.fillText(xTitle, (left + right) / 2, line + 23);
}

function drawY(
  context: CanvasRenderingContext2D,
  theme: Theme,
  y: Scale,
  {
    x,
    yTitle,
    yTicks = niceTicks(y.domain[0], y.domain[1], yCount(y)).map((tick) => [tick, tickText(tick)]),
  }: AxesOptions,
): void {
  const [bottom, top] = y.range;
  const line = crisp(x?.range[0] ?? 0);
  context.beginPath();
  context.moveTo(line, bottom);
  context.lineTo(line, top);
  for (const [tick] of yTicks) {
    context.moveTo(line, crisp(y.pixel(tick)));
    context.lineTo(line - 4, crisp(y.pixel(tick)));
  }
  context.stroke();
  context.font = `10.5px ${FAMILY}`;
  context.fillStyle = theme.muted;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const [tick, text] of yTicks) context.fillText(text, line - 7, y.pixel(tick));
  if (yTitle === undefined) return;
  const widest = Math.max(0, ...yTicks.map(([, text]) => context.measureText(text).width));
  context.font = `12px ${FAMILY}`;
  context.fillStyle = theme.ink;
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  context.translate(Math.max(12, line - widest - 13), (bottom + top) / 2);
  context.rotate(-Math.PI / 2);
  context.fillText(yTitle, 0, 0);
}

function yCount({ range: [bottom, top] }: Scale): number {
  return Math.max(2, (bottom - top) / 45);
}

function tickText(value: number): string {
  return label(Math.abs(value) < 1e-12 ? 0 : value).replace("-", "\u2212");
}

/** The middle of a pixel: a line of one pixel's width drawn there is sharp. */
export function crisp(at: number): number {
  return Math.round(at - 0.5) + 0.5;
}
