import type { LatentAbout } from "../../../views/latent-protocol";
import { type Box, drawPicture, fitted, pictureOf, raster } from "../draw/raster";
import { drawScaleBar } from "../draw/scale-bar";
import { place, type Sheet, sheet } from "../draw/sheet";
import type { Theme } from "../draw/theme";
import { NO_COLOUR, type PointColours, parts } from "./point-colours";

/** What the map shows; changed from outside, then `redraw`. */
export interface MapState {
  colours: PointColours;
  selection: ReadonlySet<number>;
  sample: number | undefined;
  /** The scan as it was recorded, or each sample in the colour of its point. */
  shows: "image" | "colours";
}

/** The map. */
export interface MapPanel {
  readonly sheet: Sheet;
  redraw(): void;
}

/** Shortest side, CSS pixels: a line scan is widened to what can be seen and pointed at. */
export const LEAST = 24;

/** The scan with the sample that is looked at, and those that are selected. */
export function mapPanel(
  box: HTMLElement,
  state: MapState,
  scan: { readonly about: LatentAbout; readonly positions: Int32Array; readonly map: Float32Array },
  theme: () => Theme,
  onHover: (sample: number) => void,
): MapPanel {
  const { about, positions, map } = scan;
  const [rows, columns] = about.scan;
  const sampleAt = new Int32Array(rows * columns).fill(-1);
  for (let i = 0; i < about.count; i++) sampleAt[positions[2 * i] * columns + positions[2 * i + 1]] = i;
  const image = raster({ data: map, rows, columns }, "gray", usualOf(map));
  let within: Box = { left: 0, top: 0, width: 1, height: 1 };
  let overlay: { readonly key: string; readonly picture: HTMLCanvasElement } | undefined;
  let [lastColours, lastSelection]: [PointColours | undefined, ReadonlySet<number> | undefined] = [
    undefined,
    undefined,
  ];
  let count = 0;

  const shown = sheet(box, (context, width, height) => {
    const colours = theme();
    const fit = fitted({ left: 0, top: 0, width, height }, { rows, columns });
    within = { left: 0, top: 0, width: Math.max(LEAST, fit.width), height: Math.max(LEAST, fit.height) };
    context.fillStyle = colours.missing;
    context.fillRect(0, 0, within.width, within.height);
    if (lastColours !== state.colours || lastSelection !== state.selection) count++;
    [lastColours, lastSelection] = [state.colours, state.selection];
    const key = `${count} ${state.shows} ${colours.dark}`;
    if (overlay?.key !== key) overlay = { key, picture: overlayOf(state, colours, rows, columns, positions) };
    if (state.shows === "image" || state.selection.size > 0) drawPicture(context, image, within);
    drawPicture(context, overlay.picture, within);
    if (about.bar.pixels >= 1)
      drawScaleBar(context, within, { share: about.bar.pixels / columns, text: about.bar.text });
    if (state.sample !== undefined) drawPlace(context, state.sample, colours);
  });

  const drawPlace = (context: CanvasRenderingContext2D, sample: number, { accents }: Theme) => {
    const [across, down] = [within.width / columns, within.height / rows];
    const [row, column] = [positions[2 * sample], positions[2 * sample + 1]];
    const [height, width] = about.measured.includes("images") ? (about.window ?? [1, 1]) : [1, 1];
    const box: [number, number, number, number] = [
      within.left + (column - Math.floor(width / 2)) * across,
      within.top + (row - Math.floor(height / 2)) * down,
      width * across,
      height * down,
    ];
    for (const [lineWidth, colour] of [[4, "rgba(0,0,0,.55)"] as const, [2, accents[1]] as const]) {
      context.lineWidth = lineWidth;
      context.strokeStyle = colour;
      context.strokeRect(...box);
      context.beginPath();
      context.arc(within.left + (column + 0.5) * across, within.top + (row + 0.5) * down, 3, 0, 2 * Math.PI);
      context.stroke();
    }
  };
  const follow = (event: PointerEvent) => {
    const [px, py] = place(event, shown.canvas);
    const [row, column] = [
      Math.floor(((py - within.top) / within.height) * rows),
      Math.floor(((px - within.left) / within.width) * columns),
    ];
    if (row < 0 || row >= rows || column < 0 || column >= columns) return;
    const sample = sampleAt[row * columns + column];
    if (sample >= 0) onHover(sample);
  };
  shown.canvas.addEventListener("pointerdown", follow); // a finger does not move before it taps
  shown.canvas.addEventListener("pointermove", follow);
  return { sheet: shown, redraw: shown.redraw };
}

/** Selected samples, or all in the colours of their points. */
function overlayOf(
  { colours, selection, shows }: MapState,
  theme: Theme,
  rows: number,
  columns: number,
  positions: Int32Array,
): HTMLCanvasElement {
  const palette = colours.palette.map(parts);
  const chosen = parts(theme.accents[3]);
  const blank = parts(theme.missing);
  return pictureOf(rows, columns, (pixels) => {
    for (let i = 0; i < colours.places.length; i++) {
      const isSelected = selection.has(i);
      if (shows === "image" ? !isSelected : selection.size > 0 && !isSelected) continue;
      const at = 4 * (positions[2 * i] * columns + positions[2 * i + 1]);
      const place = colours.places[i];
      pixels.set(shows === "image" ? chosen : place === NO_COLOUR ? blank : palette[place], at);
      pixels[at + 3] = shows === "image" ? 150 : 255;
    }
  });
}

/** All but half a percent of the values at either end. */
function usualOf(values: Float32Array): readonly [number, number] {
  const sorted = values.filter(Number.isFinite).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return [at(0.005), at(0.995)];
}
