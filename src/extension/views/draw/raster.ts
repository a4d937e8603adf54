import { type ColourMapName, colourTable } from "../../../plot/colour-maps";

/** Values on a grid, row 0 at the top. */
export interface Grid {
  readonly data: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
}

/** The picture of a grid, one pixel a value: draw it with `imageSmoothingEnabled = false`. */
export function raster(
  { data, rows, columns }: Grid,
  colours: ColourMapName,
  [low, high]: readonly [number, number],
): HTMLCanvasElement {
  const table = colourTable(colours);
  const factor = 255 / (high - low || 1);
  return pictureOf(rows, columns, (pixels) => {
    for (let i = 0; i < rows * columns; i++) {
      const value = data[i];
      if (!Number.isFinite(value)) continue; // stays transparent
      const at = 3 * Math.max(0, Math.min(255, Math.round((value - low) * factor)));
      pixels[4 * i] = table[at];
      pixels[4 * i + 1] = table[at + 1];
      pixels[4 * i + 2] = table[at + 2];
      pixels[4 * i + 3] = 255;
    }
  });
}

/** A picture whose pixels (red, green, blue, alpha) are filled in by `fill`. */
export function pictureOf(rows: number, columns: number, fill: (pixels: Uint8ClampedArray) => void): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: columns, height: rows });
  const context = canvas.getContext("2d") as CanvasRenderingContext2D; // null only where another kind was asked for first
  const image = context.createImageData(columns, rows);
  fill(image.data);
  context.putImageData(image, 0, 0);
  return canvas;
}

/** A rectangle on a sheet. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The largest box of the proportions of a grid within another, in its middle. */
export function fitted(within: Box, { rows, columns }: Pick<Grid, "rows" | "columns">): Box {
  const zoom = Math.min(within.width / columns, within.height / rows);
  const [width, height] = [zoom * columns, zoom * rows];
  return {
    left: within.left + (within.width - width) / 2,
    top: within.top + (within.height - height) / 2,
    width,
    height,
  };
}

/** Draws a picture into a box with sharp pixels. */
export function drawPicture(context: CanvasRenderingContext2D, picture: HTMLCanvasElement, box: Box): void {
  context.save();
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, box.left, box.top, box.width, box.height);
  context.restore();
}
