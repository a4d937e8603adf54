/** Colour of titles and of text that must be read. */
export const INK = "#22272e";
/** Colour of axes, tick labels and subtitles. */
export const MUTED = "#5b6470";
/** Colour of guide lines. */
export const GUIDE = "#aeb6c0";
/** Colour of pixels without a value. */
export const MISSING = "#c9ced5";

/** Colours of regions, components and curves, in this order; the first four are those of the four marked regions. */
export const ACCENTS: readonly string[] = [
  "#0b84a5",
  "#f6a01a",
  "#6f4e7c",
  "#ca472f",
  "#4f9d69",
  "#d077a8",
  "#8a6d3b",
  "#56718f",
];

/** Colours, then shades of the same half way to the ink, then to the paper: three times as many that differ. */
export function shades(colours: readonly string[], ink: string, paper: string): string[] {
  return [colours, colours.map((one) => mixed(one, ink)), colours.map((one) => mixed(one, paper))].flat();
}

const ALL = shades(ACCENTS, INK, "#ffffff");

/** How many colours there are before the first comes again. */
export const MOST_ACCENTS = ALL.length;

/** The colour of the i-th region, component or curve: beyond the eighth darker shades of the same, then paler ones. */
export function accent(i: number): string {
  return ALL[i % ALL.length];
}

/** The colour half way between two. */
function mixed(colour: string, other: string): string {
  const part = (hex: string, at: number) => Number.parseInt(hex.slice(at, at + 2), 16);
  const mean = (at: number) => Math.round(0.5 * part(colour, at) + 0.5 * part(other, at));
  return `#${[1, 3, 5].map((at) => mean(at).toString(16).padStart(2, "0")).join("")}`;
}

/** The one Vega-Lite config of all figures. White stays white in a dark notebook: the figure reads as a sheet of paper. */
export const CONFIG: Readonly<Record<string, unknown>> = {
  background: "white",
  font: "Arial, Helvetica, sans-serif",
  padding: 12,
  title: {
    anchor: "start",
    frame: "group",
    fontSize: 13,
    fontWeight: "bold",
    color: INK,
    offset: 8,
    subtitleColor: MUTED,
    subtitleFontSize: 11,
    subtitlePadding: 4,
  },
  view: { stroke: null },
  concat: { spacing: 28 },
  axis: {
    labelColor: MUTED,
    titleColor: INK,
    titleFontWeight: "normal",
    labelFontSize: 10.5,
    titleFontSize: 12,
    titlePadding: 6,
    grid: false,
    domainColor: MUTED,
    tickColor: MUTED,
    tickSize: 4,
  },
  axisX: { labelFlush: false },
  legend: {
    labelColor: MUTED,
    titleColor: INK,
    titleFontWeight: "normal",
    labelFontSize: 10.5,
    titleFontSize: 12,
    gradientThickness: 9,
    gradientStrokeWidth: 0,
  },
};
