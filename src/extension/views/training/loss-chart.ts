import { niceTicks } from "../../../plot/numbers";
import { drawAxes, FAMILY, ROOM } from "../draw/axes";
import { type Scale, scale } from "../draw/scale";
import { place, type Sheet, sheet } from "../draw/sheet";
import type { Theme } from "../draw/theme";
import { number } from "./words";

/** What the chart shows; changed from outside, then `redraw`. */
export interface LossState {
  loss: Float32Array;
  /** NaN where there is none. */
  validation: Float32Array;
  bestEpoch: number | null;
  /** Epochs that the axis has room for. */
  room: number;
  isLogarithmic: boolean;
  /** First and last epoch looked at; undefined: all. */
  zoom: readonly [number, number] | undefined;
  /** The epoch under the pointer, counted from 1. */
  hovered: number | undefined;
}

/** Loss curves with zoom (drag along the epochs, double-click for all) and the values under the pointer. */
export function lossChart(box: HTMLElement, state: LossState, theme: () => Theme, onHover: () => void): Sheet {
  let x = scale([1, 2], [ROOM.left, 100]);
  let dragged: readonly [number, number] | undefined;
  const shown = sheet(box, (context, width, height) => {
    const colours = theme();
    x = scale(state.zoom ?? [1, Math.max(2, state.room)], [ROOM.left + 4, width - ROOM.right]);
    const values = (one: number) => (state.isLogarithmic ? Math.log10(one) : one);
    const y = scale(domainOf(state, x, values), [height - ROOM.bottom, ROOM.top + 8]);
    drawBest(context, state, x, y, colours);
    context.save();
    context.beginPath();
    context.rect(x.range[0], 0, x.range[1] - x.range[0] + 2, height);
    context.clip();
    drawCurve(context, state.loss, values, x, y, colours.accents[0]);
    drawCurve(context, state.validation, values, x, y, colours.accents[1]);
    if (state.hovered !== undefined) drawHover(context, state, values, x, y, colours);
    if (dragged !== undefined) {
      context.globalAlpha = 0.15;
      context.fillStyle = colours.accents[0];
      context.fillRect(Math.min(...dragged), y.range[1], Math.abs(dragged[1] - dragged[0]), y.range[0] - y.range[1]);
    }
    context.restore();
    drawAxes(context, colours, {
      x,
      y,
      xTitle: "Epoch",
      yTitle: "Loss",
      ...(state.isLogarithmic ? { yTicks: logarithmicTicks(y.domain) } : {}),
    });
  });
  const { canvas } = shown;
  canvas.addEventListener("pointermove", (event) => {
    const [px] = place(event, canvas);
    const epoch = Math.round(x.value(px));
    state.hovered = epoch >= 1 && epoch <= state.loss.length ? epoch : undefined;
    if (dragged !== undefined) dragged = [dragged[0], px];
    onHover();
    shown.redraw();
  });
  canvas.addEventListener("pointerleave", () => {
    state.hovered = undefined;
    onHover();
    shown.redraw();
  });
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    canvas.setPointerCapture(event.pointerId);
    const [px] = place(event, canvas);
    dragged = [px, px];
  });
  canvas.addEventListener("pointerup", () => {
    if (dragged !== undefined && Math.abs(dragged[1] - dragged[0]) > 6) {
      const ends = [x.value(Math.min(...dragged)), x.value(Math.max(...dragged))];
      const [from, to] = [Math.max(1, ends[0]), Math.min(Math.max(2, state.room), ends[1])];
      if (to - from >= 1) state.zoom = [from, to];
    }
    dragged = undefined;
    shown.redraw();
  });
  const breakOff = () => {
    dragged = undefined; // the finger scrolls the notebook
    shown.redraw();
  };
  canvas.addEventListener("pointercancel", breakOff);
  canvas.addEventListener("lostpointercapture", breakOff);
  canvas.addEventListener("dblclick", () => {
    state.zoom = undefined;
    shown.redraw();
  });
  return shown;
}

/** Both curves within the epochs that are seen; the first epochs do not flatten a long run on a linear axis. */
function domainOf({ loss, validation }: LossState, x: Scale, values: (one: number) => number): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const curve of [loss, validation]) {
    for (let i = 0; i < curve.length; i++) {
      const value = values(curve[i]);
      if (!Number.isFinite(value) || i + 1 < x.domain[0] - 0.5 || i + 1 > x.domain[1] + 0.5) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high) return [0, 1];
  const room = 0.06 * (high - low) || 0.05 * Math.abs(high) || 0.5;
  return [low - room, high + room];
}

function drawCurve(
  context: CanvasRenderingContext2D,
  curve: Float32Array,
  values: (one: number) => number,
  x: Scale,
  y: Scale,
  colour: string,
): void {
  context.beginPath();
  let isDown = false;
  for (let i = 0; i < curve.length; i++) {
    const value = values(curve[i]);
    if (!Number.isFinite(value)) isDown = false;
    else if (isDown) context.lineTo(x.pixel(i + 1), y.pixel(value));
    else context.moveTo(x.pixel(i + 1), y.pixel(value));
    isDown = Number.isFinite(value);
  }
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.lineJoin = "round";
  context.stroke();
  if (curve.length > 1 || !Number.isFinite(values(curve[0]))) return;
  context.fillStyle = colour; // a single epoch is no line yet
  context.beginPath();
  context.arc(x.pixel(1), y.pixel(values(curve[0])), 3, 0, 2 * Math.PI);
  context.fill();
}

function drawBest(
  context: CanvasRenderingContext2D,
  { bestEpoch }: LossState,
  x: Scale,
  y: Scale,
  { muted, guide }: Theme,
): void {
  if (bestEpoch === null || bestEpoch < x.domain[0] || bestEpoch > x.domain[1]) return;
  const px = x.pixel(bestEpoch);
  context.strokeStyle = guide;
  context.lineWidth = 1;
  context.setLineDash([4, 3]);
  context.beginPath();
  context.moveTo(px, y.range[0]);
  context.lineTo(px, y.range[1]);
  context.stroke();
  context.setLineDash([]);
  context.font = `10.5px ${FAMILY}`;
  context.fillStyle = muted;
  context.textBaseline = "top";
  const isRight = px > (x.range[0] + x.range[1]) / 2;
  context.textAlign = isRight ? "right" : "left";
  context.fillText(`best: epoch ${bestEpoch}`, px + (isRight ? -5 : 5), y.range[1] - 8);
}

function drawHover(
  context: CanvasRenderingContext2D,
  { hovered = 1, loss, validation }: LossState,
  values: (one: number) => number,
  x: Scale,
  y: Scale,
  { muted, accents, surface }: Theme,
): void {
  const px = x.pixel(hovered);
  context.strokeStyle = muted;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(px, y.range[0]);
  context.lineTo(px, y.range[1]);
  context.stroke();
  for (const [i, curve] of [loss, validation].entries()) {
    const value = values(curve[hovered - 1]);
    if (!Number.isFinite(value)) continue;
    context.fillStyle = accents[i];
    context.strokeStyle = surface;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(px, y.pixel(value), 4, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}

/** Round numbers on an axis of logarithms: 1, 2 and 5 of each decade, or more where the axis is shorter than that. */
function logarithmicTicks([low, high]: readonly [number, number]): [number, string][] {
  if (high - low < 0.9) return niceTicks(10 ** low, 10 ** high, 4).map((v) => [Math.log10(v), number(v)]);
  const digits = high - low > 2.5 ? [1] : [1, 2, 5];
  const ticks: [number, string][] = [];
  for (let decade = Math.floor(low); decade <= high; decade++) {
    for (const digit of digits) {
      const at = decade + Math.log10(digit);
      if (at >= low && at <= high) ticks.push([at, number(digit * 10 ** decade)]);
    }
  }
  return ticks;
}
