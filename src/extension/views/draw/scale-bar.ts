import { FAMILY } from "./axes";
import type { Box } from "./raster";

/** A scale bar: its length as a share of the picture's width, and what is written above it. */
export interface Bar {
  readonly share: number;
  readonly text: string;
}

/** Draws a scale bar into the lower left corner of a picture, readable on any ground. */
export function drawScaleBar(context: CanvasRenderingContext2D, { left, top, width, height }: Box, bar: Bar): void {
  const [x, y] = [left + 9, top + height - 10];
  context.save();
  context.shadowColor = "rgba(0, 0, 0, 0.85)";
  context.shadowBlur = 3;
  context.fillStyle = "white";
  context.fillRect(x, y - 1.5, bar.share * width, 3);
  context.font = `600 11px ${FAMILY}`;
  context.textAlign = "left";
  context.textBaseline = "bottom";
  context.fillText(bar.text, x, y - 4);
  context.restore();
}
