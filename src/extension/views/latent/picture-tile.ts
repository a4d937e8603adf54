import { drawPicture, fitted, raster } from "../draw/raster";
import { type Sheet, sheet } from "../draw/sheet";
import { element } from "../element";

/** One image window with a caption. */
export interface PictureTile {
  readonly figure: HTMLElement;
  /** Shows a window [height, width, channels]; undefined empties the tile. */
  show(values: Float32Array | undefined): void;
  /** The channel that is drawn. */
  channel(next: number): void;
  readonly sheet: Sheet;
}

/** A tile for image windows of one shape in shades of grey. */
export function pictureTile(
  caption: string,
  [rows, columns, channels]: readonly [number, number, number],
  range: readonly [number, number],
): PictureTile {
  const box = element("div", { className: "tile" });
  const figure = element("figure", {}, [element("figcaption", {}, [caption]), box]);
  let values: Float32Array | undefined;
  let chosen = 0;
  const shown = sheet(box, (context, width, height) => {
    if (values === undefined) return;
    const data = Float32Array.from({ length: rows * columns }, (_, i) => values?.[i * channels + chosen] ?? Number.NaN);
    const within = fitted({ left: 0, top: 0, width, height }, { rows, columns });
    drawPicture(context, raster({ data, rows, columns }, "gray", range), { ...within, left: 0, top: 0 });
  });
  return {
    figure,
    show: (next) => {
      values = next;
      shown.redraw();
    },
    channel: (next) => {
      chosen = next;
      shown.redraw();
    },
    sheet: shown,
  };
}
