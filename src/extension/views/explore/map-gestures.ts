import { type PixelRange, pixelCount, type ScanShape, shapeRuns } from "../../../views/scan-shapes";
import type { MapPanel, Pixel } from "./map-panel";
import type { Tool } from "./tools";

/** What a hand on a map changes. */
export interface MapActions {
  readonly scan: readonly [number, number];
  tool(): Tool;
  region(): ScanShape | null;
  cursor(): Pixel | undefined;
  /** The pixel under the pointer or keys; undefined when it left the map. */
  point(pixel: Pixel | undefined): void;
  /** Another region; `isFinal` at the end of the gesture. */
  draw(region: ScanShape | null, isFinal: boolean): void;
  pin(): void;
}

type Place = readonly [number, number];

/** Pointer and keys on a map: hover, draw, move a region; arrows, Enter, P, Escape, + and -. */
export function followMap(panel: MapPanel, actions: MapActions): void {
  const { canvas } = panel.sheet;
  const [rows, columns] = actions.scan;
  canvas.tabIndex = 0;
  canvas.style.cursor = "crosshair";
  let start: Place | undefined;
  let pointer = 0; // the finger, pen or mouse that draws
  let moved: ScanShape | undefined;
  let hasChanged = false;
  let trace: Place[] = [];
  const pixelAt = ([row, column]: Place): Pixel => ({
    row: Math.max(0, Math.min(rows - 1, Math.floor(row))),
    column: Math.max(0, Math.min(columns - 1, Math.floor(column))),
  });
  const isOn = ([row, column]: Place) => row >= 0 && row < rows && column >= 0 && column < columns;
  const shapeTo = (from: Place, to: Place): ScanShape => {
    if (moved !== undefined) return shifted(moved, to[0] - from[0], to[1] - from[1], actions.scan);
    if (actions.tool() === "polygon") return handDrawn(trace, pixelAt(from), actions.scan);
    const [a, b] = [pixelAt(from), pixelAt(to)];
    const span = (one: number, other: number): PixelRange => [Math.min(one, other), Math.max(one, other) + 1];
    return {
      kind: actions.tool() as "rectangle" | "ellipse",
      rows: span(a.row, b.row),
      columns: span(a.column, b.column),
    };
  };
  /** A region that was taken and not moved stays as it is: cells that use it are not stale for a click. */
  const drawTo = (from: Place, to: Place, isFinal: boolean) => {
    const shape = shapeTo(from, to);
    hasChanged ||= JSON.stringify(shape) !== JSON.stringify(actions.region());
    if (hasChanged) actions.draw(shape, isFinal);
  };
  const isOther = (event: PointerEvent) => start !== undefined && event.pointerId !== pointer;
  canvas.addEventListener("pointerdown", (event) => {
    const at = panel.placeOf(event);
    if (event.button !== 0 || !isOn(at) || isOther(event)) return;
    canvas.setPointerCapture(event.pointerId);
    pointer = event.pointerId;
    start = at;
    trace = [at];
    const region = actions.region();
    moved =
      region !== null && region.kind !== "runs" && isInside(region, pixelAt(at), actions.scan) ? region : undefined;
    hasChanged = moved === undefined;
    drawTo(at, at, false);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (isOther(event)) return;
    const at = panel.placeOf(event);
    if (start !== undefined) {
      for (const one of event.getCoalescedEvents?.() ?? []) trace.push(panel.placeOf(one));
      trace.push(at);
      drawTo(start, at, false);
    } else {
      const region = actions.region();
      const isOver =
        isOn(at) && region !== null && region.kind !== "runs" && isInside(region, pixelAt(at), actions.scan);
      canvas.style.cursor = isOver ? "move" : isOn(at) ? "crosshair" : "default";
    }
    actions.point(start !== undefined || isOn(at) ? pixelAt(at) : undefined);
  });
  canvas.addEventListener("pointerup", (event) => {
    if (start === undefined || isOther(event)) return;
    const at = panel.placeOf(event);
    trace.push(at);
    drawTo(start, at, true);
    start = undefined;
  });
  const breakOff = (event: PointerEvent) => {
    if (start === undefined || isOther(event)) return;
    if (hasChanged) actions.draw(actions.region(), true); // such an event has no place of its own
    start = undefined;
  };
  canvas.addEventListener("pointercancel", breakOff);
  canvas.addEventListener("lostpointercapture", breakOff);
  canvas.addEventListener("pointerleave", () => {
    if (start === undefined) actions.point(undefined);
  });
  canvas.addEventListener("blur", () => actions.point(undefined));
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? 10 : 1;
    const at = actions.cursor() ?? { row: Math.floor(rows / 2), column: Math.floor(columns / 2) };
    const go = (down: number, right: number) =>
      actions.point(pixelAt([at.row + down * step, at.column + right * step]));
    const keys: Readonly<Record<string, () => void>> = {
      ArrowUp: () => go(-1, 0),
      ArrowDown: () => go(1, 0),
      ArrowLeft: () => go(0, -1),
      ArrowRight: () => go(0, 1),
      Enter: () => {
        actions.point(at);
        actions.draw({ kind: "rectangle", rows: [at.row, at.row + 1], columns: [at.column, at.column + 1] }, true);
      },
      "+": () => grow(1),
      "-": () => grow(-1),
      p: actions.pin,
      P: actions.pin,
      Escape: () => actions.draw(null, true),
    };
    const grow = (by: number) => {
      const region = actions.region();
      if (region !== null) actions.draw(grown(region, by, actions.scan), true);
    };
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    event.stopPropagation(); // not the notebook's own keys
    keys[event.key]();
  });
}

function isInside(shape: ScanShape, { row, column }: Pixel, scan: readonly [number, number]): boolean {
  return shapeRuns(shape, scan).some(([at, from, end]) => at === row && column >= from && column < end);
}

/** What was drawn by hand: its outline, or the pixel it began in where it holds none. */
function handDrawn(trace: readonly Place[], { row, column }: Pixel, scan: readonly [number, number]): ScanShape {
  const corners: Place[] = [];
  for (const [y, x] of trace) {
    const last = corners.at(-1);
    if (last === undefined || Math.hypot(y - last[0], x - last[1]) > 0.2) corners.push([round(y), round(x)]);
  }
  const shape: ScanShape = { kind: "polygon", corners };
  if (corners.length > 2 && pixelCount(shapeRuns(shape, scan)) > 0) return shape;
  return { kind: "rectangle", rows: [row, row + 1], columns: [column, column + 1] };
}

const round = (value: number) => Math.round(value * 100) / 100;

/** The shape moved by whole pixels, within the scan. */
function shifted(shape: ScanShape, down: number, right: number, [rows, columns]: readonly [number, number]): ScanShape {
  const [dy, dx] = [Math.round(down), Math.round(right)];
  if (shape.kind === "runs") return shape;
  if (shape.kind === "polygon") {
    const [y, x] = [shape.corners.map(([row]) => row), shape.corners.map(([, column]) => column)];
    const by = [within(dy, Math.min(...y), Math.max(...y), rows), within(dx, Math.min(...x), Math.max(...x), columns)];
    return {
      kind: "polygon",
      corners: shape.corners.map(([row, column]) => [round(row + by[0]), round(column + by[1])]),
    };
  }
  const [by, bx] = [within(dy, ...shape.rows, rows), within(dx, ...shape.columns, columns)];
  return {
    ...shape,
    rows: [shape.rows[0] + by, shape.rows[1] + by],
    columns: [shape.columns[0] + bx, shape.columns[1] + bx],
  };
}

/** A shift that keeps first..end within 0..size, as far as it was. */
function within(shift: number, first: number, end: number, size: number): number {
  return Math.round(Math.max(Math.min(0, -first), Math.min(Math.max(0, size - end), shift)));
}

/** A rectangle or ellipse with `by` pixels more on every side, within the scan; never less than a pixel. */
function grown(shape: ScanShape, by: number, [rows, columns]: readonly [number, number]): ScanShape {
  if (shape.kind !== "rectangle" && shape.kind !== "ellipse") return shape;
  const side = ([first, end]: PixelRange, size: number): PixelRange =>
    end - first + 2 * by < 1 ? [first, end] : [Math.max(0, first - by), Math.min(size, end + by)];
  return { ...shape, rows: side(shape.rows, rows), columns: side(shape.columns, columns) };
}
