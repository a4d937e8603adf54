import type { Axis } from "../../../data";
import type { ColourMapName } from "../../../plot/colour-maps";
import { label } from "../../../plot/numbers";
import { scaleBar } from "../../../plot/scale-bar";
import type { PinnedShape } from "../../../views/explore-messages";
import { FAMILY } from "../draw/axes";
import { type Box, drawPicture, raster } from "../draw/raster";
import { drawScaleBar } from "../draw/scale-bar";
import { place, type Sheet, sheet } from "../draw/sheet";
import type { Theme } from "../draw/theme";
import { domainOf } from "./domain";
import { traceShape } from "./outline";

/** Room under a map for its colour bar, CSS pixels. */
export const BAR_ROOM = 36;

/** Values of a map, row by row; a map may be finer or coarser than the scan. */
export interface MapGrid {
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** A pixel of the scan. */
export interface Pixel {
  readonly row: number;
  readonly column: number;
}

/** What lies over a map. */
export interface MapScene {
  readonly theme: Theme;
  readonly colours: ColourMapName;
  /** The last one is the one that is drawn now, if `hasCurrent`. */
  readonly shapes: readonly PinnedShape[];
  readonly cursor: Pixel | undefined;
}

/** A map with colour bar, scale bar, regions and crosshair. */
export class MapPanel {
  readonly sheet: Sheet;
  readonly #axes: { readonly y: Axis; readonly x: Axis };
  readonly #scene: () => MapScene;
  #grid: MapGrid | undefined;
  #picture: HTMLCanvasElement | undefined;
  #colours: ColourMapName | undefined;
  #domain: readonly [number, number] | undefined;

  constructor(box: HTMLElement, axes: { readonly y: Axis; readonly x: Axis }, scene: () => MapScene) {
    this.#axes = axes;
    this.#scene = scene;
    this.sheet = sheet(box, (context, width, height) => this.#paint(context, width, height - BAR_ROOM));
  }

  /** Shows other values. What is drawn can be read from the canvas as `drawn`. */
  show(grid: MapGrid): void {
    this.#grid = grid;
    this.#picture = undefined;
    this.#domain = domainOf(grid.data);
    Object.assign(this.sheet.canvas, { drawn: grid });
    this.sheet.redraw();
  }

  /** The value at a pixel of the scan. */
  valueAt({ row, column }: Pixel): number | undefined {
    if (this.#grid === undefined) return undefined;
    const { data, rows, columns } = this.#grid;
    const y = Math.min(rows - 1, Math.floor(((row + 0.5) * rows) / this.#axes.y.size));
    const x = Math.min(columns - 1, Math.floor(((column + 0.5) * columns) / this.#axes.x.size));
    return data[y * columns + x];
  }

  /** Where a pointer is, in scan pixels from the corner, [row, column]; it may lie outside. */
  placeOf(event: MouseEvent): readonly [number, number] {
    const [x, y] = place(event, this.sheet.canvas);
    const { width, height } = this.sheet;
    return [(y / (height - BAR_ROOM)) * this.#axes.y.size, (x / width) * this.#axes.x.size];
  }

  #paint(context: CanvasRenderingContext2D, width: number, height: number): void {
    const { theme, colours, shapes, cursor } = this.#scene();
    const box = { left: 0, top: 0, width, height };
    context.fillStyle = theme.missing;
    context.fillRect(0, 0, width, height);
    if (this.#grid !== undefined && (this.#picture === undefined || this.#colours !== colours)) {
      this.#picture = raster(this.#grid, colours, this.#domain ?? [0, 1]);
      this.#colours = colours;
    }
    if (this.#picture !== undefined) drawPicture(context, this.#picture, box);
    context.save();
    context.beginPath();
    context.rect(0, 0, width, height);
    context.clip();
    const bar = scaleBar(this.#axes.x);
    if (bar.pixels >= 1) drawScaleBar(context, box, { share: bar.pixels / this.#axes.x.size, text: bar.text });
    const zoom = { x: width / this.#axes.x.size, y: height / this.#axes.y.size };
    for (const shape of shapes) drawRegion(context, shape, zoom, theme, box);
    if (cursor !== undefined) drawCrosshair(context, cursor, zoom, box);
    context.restore();
    this.#paintBar(context, theme, colours, { left: 0, top: height + 8, width, height: 8 });
  }

  #paintBar(context: CanvasRenderingContext2D, theme: Theme, colours: ColourMapName, box: Box): void {
    if (this.#domain === undefined) return;
    const ramp = raster({ data: Array.from({ length: 256 }, (_, i) => i), rows: 1, columns: 256 }, colours, [0, 255]);
    drawPicture(context, ramp, box);
    context.font = `10.5px ${FAMILY}`;
    context.fillStyle = theme.muted;
    context.textBaseline = "top";
    const words = this.#domain.map((value) => label(value).replace("-", "\u2212"));
    context.textAlign = "left";
    context.fillText(words[0], box.left, box.top + 12);
    context.textAlign = "right";
    context.fillText(words[1], box.left + box.width, box.top + 12);
  }
}

function drawRegion(
  context: CanvasRenderingContext2D,
  { name, colour, shape }: PinnedShape,
  zoom: { x: number; y: number },
  theme: Theme,
  box: Box,
): void {
  const stroke = theme.accents[colour % theme.accents.length];
  const rim = theme.dark ? "rgba(0,0,0,0.75)" : "rgba(255,255,255,0.92)";
  context.save();
  context.lineJoin = "round";
  const { left, top, bottom } = traceShape(context, shape, zoom);
  if (shape.kind === "runs") {
    context.globalAlpha = 0.4;
    context.fillStyle = stroke;
    context.fill();
    context.globalAlpha = 1;
  } else {
    context.strokeStyle = rim;
    context.lineWidth = 4;
    context.stroke();
    context.strokeStyle = stroke;
    context.lineWidth = 2;
    context.stroke();
  }
  context.font = `700 11.5px ${FAMILY}`;
  context.textBaseline = "alphabetic";
  const x = Math.min(left, box.width - context.measureText(name).width - 3);
  const y = top < 16 ? Math.min(bottom + 14, box.height - 4) : top - 4;
  context.strokeStyle = rim;
  context.lineWidth = 3;
  context.strokeText(name, Math.max(3, x), y);
  context.fillStyle = stroke;
  context.fillText(name, Math.max(3, x), y);
  context.restore();
}

/** Lines through the pixel under the cursor, and its frame where pixels are large enough to see. */
function drawCrosshair(
  context: CanvasRenderingContext2D,
  { row, column }: Pixel,
  zoom: { x: number; y: number },
  box: Box,
): void {
  const [x, y] = [(column + 0.5) * zoom.x, (row + 0.5) * zoom.y];
  const [half, tall] = [Math.max(4, zoom.x / 2 + 1), Math.max(4, zoom.y / 2 + 1)];
  context.save();
  for (const [style, width] of [
    ["rgba(0,0,0,0.55)", 2.5],
    ["rgba(255,255,255,0.95)", 1],
  ] as const) {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.beginPath();
    for (const [from, to] of [
      [0, x - half],
      [x + half, box.width],
    ]) {
      context.moveTo(from, y);
      context.lineTo(Math.max(from, to), y);
    }
    for (const [from, to] of [
      [0, y - tall],
      [y + tall, box.height],
    ]) {
      context.moveTo(x, from);
      context.lineTo(x, Math.max(from, to));
    }
    context.rect(x - half, y - tall, 2 * half, 2 * tall);
    context.stroke();
  }
  context.restore();
}
