import { drawAxes, ROOM } from "../draw/axes";
import { type Scale, scale } from "../draw/scale";
import { place, type Sheet, sheet } from "../draw/sheet";
import type { Theme } from "../draw/theme";
import { pointsInside } from "./inside";
import { NO_COLOUR, type PointColours } from "./point-colours";

/** The samples in the plane, and how they are drawn. */
export interface PlanePoints {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly contours: readonly Float32Array[];
  readonly range: { readonly x: readonly [number, number]; readonly y: readonly [number, number] };
  readonly titles: readonly [string, string];
}

/** What the panel shows; changed from outside, then `redraw`. */
export interface PlaneState {
  points: PlanePoints;
  colours: PointColours;
  /** Selected samples; empty for none. */
  selection: ReadonlySet<number>;
  /** Where the pointer is, in latent coordinates. */
  cursor: readonly [number, number];
  /** The sample that is looked at. */
  sample: number | undefined;
  isPinned: boolean;
}

/** What the pointer does in the plane. */
export interface PlaneEvents {
  /** Moved to a place, near a sample or not. */
  onMove(x: number, y: number, sample: number | undefined): void;
  /** Clicked, or tapped where no pointer had moved before. */
  onClick(x: number, y: number, sample: number | undefined): void;
  /** Drew a lasso around samples; `adds` to those selected before. */
  onLasso(indices: readonly number[], adds: boolean): void;
}

/** The panel. */
export interface PlanePanel {
  readonly sheet: Sheet;
  /** After a change of points, colours or selection. */
  redrawAll(): void;
  /** After a change of cursor or sample. */
  redraw(): void;
}

/** Pixels within which a sample is under the pointer, and moves that are still a click. */
const NEAR = 9;
const CLICK = 4;

/** The scatter of the samples with contours, cursor and lasso. */
export function planePanel(box: HTMLElement, state: PlaneState, theme: () => Theme, events: PlaneEvents): PlanePanel {
  const layer = document.createElement("canvas");
  let isLayerOld = true;
  let layerSize = "";
  let lasso: number[] | undefined;
  let pointer = 0; // the finger, pen or mouse that draws it
  let scales = planeScales(state.points, 400, 400);

  const shown = sheet(box, (context, width, height) => {
    scales = planeScales(state.points, width, height);
    const size = `${width} ${height} ${devicePixelRatio}`;
    if (isLayerOld || size !== layerSize) {
      Object.assign(layer, { width: shown.canvas.width, height: shown.canvas.height });
      const below = layer.getContext("2d") as CanvasRenderingContext2D; // null only where another kind was asked for first
      below.setTransform(context.getTransform());
      drawPlane(below, state, scales, theme());
      [isLayerOld, layerSize] = [false, size];
    }
    context.drawImage(layer, 0, 0, width, height);
    if (lasso !== undefined) drawLasso(context, lasso, theme());
    else drawCursor(context, state, scales, theme());
  });

  const at = (px: number, py: number) =>
    [scales.x.value(px), scales.y.value(py), sampleNear(state.points, scales, px, py)] as const;
  const isOther = (event: PointerEvent) => lasso !== undefined && event.pointerId !== pointer;
  shown.canvas.tabIndex = 0;
  shown.canvas.setAttribute("role", "application");
  shown.canvas.setAttribute("aria-label", "Latent plane: arrow keys move the place that is decoded");
  shown.canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || isOther(event)) return;
    shown.canvas.setPointerCapture(event.pointerId);
    pointer = event.pointerId;
    lasso = [...place(event, shown.canvas)];
  });
  shown.canvas.addEventListener("pointermove", (event) => {
    if (isOther(event)) return;
    if (lasso === undefined) events.onMove(...at(...place(event, shown.canvas)));
    else {
      lasso.push(...place(event, shown.canvas));
      shown.redraw();
    }
  });
  const end = (event: PointerEvent) => {
    if (isOther(event)) return;
    const drawn = lasso;
    lasso = undefined;
    shown.redraw();
    if (drawn === undefined || event.type !== "pointerup") return;
    if (extentOf(drawn) < CLICK) events.onClick(...at(...place(event, shown.canvas)));
    else events.onLasso(pointsInside(inLatents(drawn, scales), state.points.x, state.points.y), event.shiftKey);
  };
  shown.canvas.addEventListener("pointerup", end);
  shown.canvas.addEventListener("pointercancel", end);
  shown.canvas.addEventListener("lostpointercapture", end);
  shown.canvas.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation(); // the notebook would move to the next cell
    const [px, py] = [scales.x.pixel(state.cursor[0]) + 6 * step[0], scales.y.pixel(state.cursor[1]) + 6 * step[1]];
    events.onMove(...at(px, py));
  });
  const redrawAll = () => {
    isLayerOld = true;
    shown.redraw();
  };
  return { sheet: shown, redrawAll, redraw: shown.redraw };
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

interface PlaneScales {
  readonly x: Scale;
  readonly y: Scale;
}

function planeScales({ range }: PlanePoints, width: number, height: number): PlaneScales {
  return {
    x: scale(range.x, [ROOM.left, width - ROOM.right]),
    y: scale(range.y, [height - ROOM.bottom, ROOM.top]),
  };
}

/** The sample nearest to a place of the sheet, if it is near. */
function sampleNear({ x, y }: PlanePoints, scales: PlaneScales, px: number, py: number): number | undefined {
  let best = NEAR ** 2;
  let found: number | undefined;
  for (let i = 0; i < x.length; i++) {
    const squared = (scales.x.pixel(x[i]) - px) ** 2 + (scales.y.pixel(y[i]) - py) ** 2;
    if (squared >= best) continue;
    best = squared;
    found = i;
  }
  return found;
}

function drawPlane(
  context: CanvasRenderingContext2D,
  { points, colours, selection }: PlaneState,
  scales: PlaneScales,
  theme: Theme,
): void {
  const { x, y, contours, titles } = points;
  const isSelecting = selection.size > 0;
  const faint = theme.dark ? 0.2 : 0.16;
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  const isLine = titles[1] === "Density";
  const some = (wanted: boolean) => (i: number) => !isSelecting || selection.has(i) === wanted;
  if (isSelecting) drawPoints(context, points, colours, scales, theme, faint, some(false));
  drawPoints(context, points, colours, scales, theme, isSelecting ? 1 : 0.78, some(true));
  context.strokeStyle = theme.ink;
  context.lineWidth = isLine ? 1.5 : 1;
  for (const [k, line] of contours.entries()) {
    context.globalAlpha = isLine ? 0.9 : 0.3 + 0.12 * k;
    context.beginPath();
    let isDown = false;
    for (let i = 0; i < line.length; i += 2) {
      if (Number.isNaN(line[i])) isDown = false;
      else if (isDown) context.lineTo(scales.x.pixel(line[i]), scales.y.pixel(line[i + 1]));
      else context.moveTo(scales.x.pixel(line[i]), scales.y.pixel(line[i + 1]));
      if (!Number.isNaN(line[i])) isDown = true;
    }
    context.stroke();
  }
  context.globalAlpha = 1;
  const hidden = isLine ? { yTicks: [] } : {};
  drawAxes(context, theme, { ...scales, xTitle: titles[0], yTitle: titles[1], ...hidden });
  if (x.length !== y.length) throw new RangeError("x and y of the samples differ in length");
}

/** Points of one colour are one path. */
function drawPoints(
  context: CanvasRenderingContext2D,
  { x, y }: PlanePoints,
  { palette, places }: PointColours,
  scales: PlaneScales,
  theme: Theme,
  alpha: number,
  isDrawn: (i: number) => boolean,
): void {
  const groups = new Map<number, number[]>();
  for (let i = 0; i < x.length; i++) {
    if (!isDrawn(i)) continue;
    const group = groups.get(places[i]);
    if (group === undefined) groups.set(places[i], [i]);
    else group.push(i);
  }
  const radius = x.length > 30_000 ? 0.7 : x.length > 6_000 ? 1.3 : x.length > 1_500 ? 2 : 3;
  context.globalAlpha = alpha;
  for (const [at, indices] of groups) {
    context.fillStyle = at === NO_COLOUR ? theme.missing : palette[at];
    context.beginPath();
    for (const i of indices) {
      const [px, py] = [scales.x.pixel(x[i]), scales.y.pixel(y[i])];
      if (radius < 1) context.rect(px - radius, py - radius, 2 * radius, 2 * radius);
      else {
        context.moveTo(px + radius, py);
        context.arc(px, py, radius, 0, 2 * Math.PI);
      }
    }
    context.fill();
  }
  context.globalAlpha = 1;
}

function drawCursor(
  context: CanvasRenderingContext2D,
  { cursor, sample, points, isPinned }: PlaneState,
  scales: PlaneScales,
  theme: Theme,
): void {
  const [px, py] = [scales.x.pixel(cursor[0]), scales.y.pixel(cursor[1])];
  const stroke = (width: number, colour: string, path: () => void) => {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.beginPath();
    path();
    context.stroke();
  };
  if (sample !== undefined) {
    const [sx, sy] = [scales.x.pixel(points.x[sample]), scales.y.pixel(points.y[sample])];
    const ring = () => context.arc(sx, sy, 6, 0, 2 * Math.PI);
    stroke(4, theme.surface, ring);
    stroke(2, theme.accents[1], ring);
  }
  const cross = () => {
    for (const [dx, dy] of Object.values(STEPS)) {
      context.moveTo(px + 4 * dx, py + 4 * dy);
      context.lineTo(px + 11 * dx, py + 11 * dy);
    }
  };
  stroke(4, theme.surface, cross);
  stroke(1.8, theme.accents[0], cross);
  if (!isPinned) return;
  context.fillStyle = theme.accents[0];
  context.beginPath();
  context.arc(px, py, 2.5, 0, 2 * Math.PI);
  context.fill();
}

function drawLasso(context: CanvasRenderingContext2D, lasso: readonly number[], theme: Theme): void {
  context.beginPath();
  for (let i = 0; i < lasso.length; i += 2) context.lineTo(lasso[i], lasso[i + 1]);
  context.closePath();
  context.fillStyle = theme.accents[3];
  context.globalAlpha = 0.12;
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = theme.accents[3];
  context.lineWidth = 1.5;
  context.setLineDash([5, 3]);
  context.stroke();
  context.setLineDash([]);
}

/** The longer side of the box around a line. */
function extentOf(line: readonly number[]): number {
  const side = (first: number) => {
    const along = line.filter((_, i) => i % 2 === first);
    return Math.max(...along) - Math.min(...along);
  };
  return Math.max(side(0), side(1));
}

function inLatents(line: readonly number[], { x, y }: PlaneScales): number[] {
  return line.map((value, i) => (i % 2 === 0 ? x.value(value) : y.value(value)));
}
