import type { Axis, FloatArray } from "../data";
import { type Panel, panelTitle } from "./figure";
import { ONE, pictureLayer, scaleBarLayers } from "./map-panel";
import { colourPicture } from "./picture";
import { INK } from "./theme";

/** What a window panel shows. */
export interface WindowPanelOptions {
  readonly letter?: string;
  readonly title: string;
  /** [n, height, width, channels] */
  readonly images: FloatArray;
  readonly index: number;
  /** Channel drawn, default 0. */
  readonly channel?: number;
  /** Values that are black and white. */
  readonly domain: readonly [number, number];
  /** Wanted width in chart pixels. */
  readonly width: number;
  /** Marks the pixel whose spectrum belongs to the window. */
  readonly crosshair?: boolean;
  /** A frame in this colour. */
  readonly frame?: string;
  /** Axis of the scan along x: a scale bar is drawn. */
  readonly scale?: Axis;
  /** What the row of this window is, written along its left edge. */
  readonly row?: string;
}

/** Colour of the cross on the pixel whose spectrum is meant. */
const CROSS = "#e4572e";

/** One image window as a grey picture, its pixels as large as the width allows. */
export function windowPanel(options: WindowPanelOptions): Panel {
  const { images, index, channel = 0, domain, width: wanted, crosshair = false, frame } = options;
  const [, rows, columns, channels] = images.shape;
  const zoom = Math.max(1, Math.round(wanted / columns));
  const size = { width: zoom * columns, height: zoom * rows };
  const first = index * rows * columns * channels + channel;
  const data = Float32Array.from({ length: rows * columns }, (_, i) => images.data[first + i * channels]);
  const edge = { type: "rect", fillOpacity: 0, filled: false, x: 0, y: 0, x2: size.width, y2: size.height };
  return {
    ...size,
    ...panelTitle(options.letter, options.title),
    layer: [
      pictureLayer(colourPicture({ data, rows, columns }, "gray", domain), size),
      ...(options.scale === undefined ? [] : scaleBarLayers({ ...options.scale, size: columns }, size)),
      ...(options.row === undefined ? [] : [rowName(options.row, size.height)]),
      ...(crosshair ? crossLayers(rows, columns, zoom) : []),
      ...(frame === undefined ? [] : [{ ...ONE, mark: { ...edge, stroke: frame, strokeWidth: 3 } }]),
    ],
  };
}

function rowName(text: string, height: number): Record<string, unknown> {
  const mark = { type: "text", text, angle: 270, x: -10, y: height / 2, baseline: "bottom", fontSize: 12, color: INK };
  return { ...ONE, mark };
}

/** The spectrum of a window belongs to the pixel with half of the rows above it and half of the columns left of it. */
function crossLayers(rows: number, columns: number, zoom: number): Record<string, unknown>[] {
  const x = (Math.floor(columns / 2) + 0.5) * zoom;
  const y = (Math.floor(rows / 2) + 0.5) * zoom;
  const reach = 0.18 * zoom * Math.min(rows, columns);
  const bar = { type: "rect", color: CROSS };
  return [
    { ...ONE, mark: { ...bar, x: x - reach, x2: x + reach, y: y - 1, y2: y + 1 } },
    { ...ONE, mark: { ...bar, x: x - 1, x2: x + 1, y: y - reach, y2: y + reach } },
  ];
}

/** "16 x 16 pixels of 1.4 nm" */
export function windowWords(images: FloatArray, x: Axis): string {
  const [, rows, columns] = images.shape;
  const scale = Math.abs(x.scale);
  return `windows of ${rows} x ${columns} pixels${x.units === "nm" ? ` of ${Number(scale.toPrecision(3))} nm` : ""}`;
}
