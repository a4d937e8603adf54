import type { ScanShape } from "../../../views/scan-shapes";

/** Where an outline lies, CSS pixels. */
export interface OutlineBox {
  readonly left: number;
  readonly top: number;
  readonly bottom: number;
}

/** Begins a path along the outline of a shape; `zoom` is the size of a scan pixel. */
export function traceShape(
  context: CanvasRenderingContext2D,
  shape: ScanShape,
  zoom: { readonly x: number; readonly y: number },
): OutlineBox {
  context.beginPath();
  if (shape.kind === "runs") {
    for (const [row, from, end] of shape.runs) context.rect(from * zoom.x, row * zoom.y, (end - from) * zoom.x, zoom.y);
    const first = shape.runs[0] ?? [0, 0, 0];
    const last = shape.runs.at(-1) ?? first;
    return { left: first[1] * zoom.x, top: first[0] * zoom.y, bottom: (last[0] + 1) * zoom.y };
  }
  if (shape.kind === "polygon") {
    const places = shape.corners.map(([row, column]) => [column * zoom.x, row * zoom.y] as const);
    for (const [x, y] of places) context.lineTo(x, y);
    context.closePath();
    const heights = places.map(([, y]) => y);
    return { left: Math.min(...places.map(([x]) => x)), top: Math.min(...heights), bottom: Math.max(...heights) };
  }
  const [top, bottom] = shape.rows.map((row) => row * zoom.y);
  const [left, right] = shape.columns.map((column) => column * zoom.x);
  if (shape.kind === "rectangle") context.rect(left, top, right - left, bottom - top);
  else
    context.ellipse((left + right) / 2, (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2, 0, 0, 2 * Math.PI);
  return { left, top, bottom };
}
