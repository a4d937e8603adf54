import { colourTable } from "./colour-maps";
import { type Panel, panelTitle } from "./figure";
import { ONE, pictureLayer } from "./map-panel";
import { INK } from "./theme";

/** Pixels of the wheel's picture on a side. */
const PIXELS = 120;

/** What a colour wheel looks like. */
export interface ColourWheelOptions {
  /** In chart pixels. Default 84. */
  readonly diameter?: number;
  /** Chart pixels left and right, and above and below, for the numbers. Default 34 each. */
  readonly room?: readonly [number, number];
  readonly title?: string;
}

/** A ring in the colours of the cyclic map, as a legend of directions: 0 degrees to the right, counted counter-clockwise. */
export function colourWheelPanel(symmetry: number, options: ColourWheelOptions = {}): Panel {
  const { diameter = 84, room: [side, above] = [34, 34], title = "" } = options;
  const [x, y] = [side + diameter / 2, above + diameter / 2];
  const reach = diameter / 2 + 5;
  const labels = [
    { text: "0°", x: x + reach, y, align: "left", baseline: "middle" },
    { text: "90°", x, y: y - reach, align: "center", baseline: "bottom" },
    { text: "180°", x: x - reach, y, align: "right", baseline: "middle" },
    { text: "−90°", x, y: y + reach, align: "center", baseline: "top" },
  ];
  const picture = pictureLayer(wheelPicture(symmetry), { width: diameter, height: diameter }) as { mark: object };
  return {
    width: diameter + 2 * side,
    height: diameter + 2 * above,
    ...panelTitle(undefined, title),
    layer: [
      { ...picture, mark: { ...picture.mark, x: side, y: above, smooth: true } },
      ...labels.map((label) => ({ ...ONE, mark: { type: "text", fontSize: 11, color: INK, ...label } })),
    ],
  };
}

/** The ring: 180 directions, transparent inside and outside. */
function wheelPicture(symmetry: number) {
  const directions = 180;
  const table = colourTable("cyclic");
  const palette = new Uint8Array(3 * (directions + 1)).fill(255);
  for (let i = 0; i < directions; i++) {
    // Position on the map: -180 degrees / symmetry is its start, as in the map of the angles.
    const share = (((i / directions + 0.5 / symmetry) * symmetry) % 1) * 255;
    palette.set(table.subarray(3 * Math.round(share), 3 * Math.round(share) + 3), 3 * (i + 1));
  }
  const pixels = new Uint8Array(PIXELS * PIXELS);
  for (let i = 0; i < pixels.length; i++) {
    const x = (i % PIXELS) + 0.5 - PIXELS / 2;
    const y = PIXELS / 2 - Math.floor(i / PIXELS) - 0.5;
    const radius = Math.hypot(x, y) / (PIXELS / 2);
    const turn = (Math.atan2(y, x) / (2 * Math.PI) + 1) % 1;
    if (radius <= 1 && radius >= 0.5) pixels[i] = 1 + (Math.round(turn * directions) % directions);
  }
  return { width: PIXELS, height: PIXELS, pixels, palette, alpha: Uint8Array.of(0) };
}
