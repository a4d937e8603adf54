import { type Panel, panelTitle } from "./figure";
import { type Guide, guideLayers } from "./guides";
import { numberAxis } from "./line-scales";
import { niceTicks } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { GUIDE, INK, MUTED } from "./theme";

/** One line of a dot panel. */
export interface DotRow {
  /** Must differ from that of the other rows. */
  readonly name: string;
  readonly value: number;
  /** The number as it is written beside the dot. */
  readonly label: string;
  /** Decides the colour. */
  readonly group: string;
  /** What a pointer on the dot shows beside the name, by title. */
  readonly details?: Readonly<Record<string, string | number>>;
}

/** What a dot panel shows. */
export interface DotPanelOptions {
  readonly letter?: string;
  readonly title: string;
  /** Top to bottom. */
  readonly rows: readonly DotRow[];
  readonly xTitle: string;
  /** Colours of the groups, in the order of the legend. */
  readonly colours: Readonly<Record<string, string>>;
  readonly width: number;
  /** Values marked by a line. */
  readonly guides?: readonly Guide[];
  /** true: room for the names of guides where there are none, to line up with a panel that has some. */
  readonly head?: boolean;
  /** false: the legend stands at another panel of the row. */
  readonly legend?: boolean;
}

/** Height of one line. */
const STEP = 26;
/** Room above the lines for the names of the guides. */
const HEAD = 16;

/** Named values as dots on lines from 0, with their numbers; a value that is not finite is its label alone. */
export function dotPanel(options: DotPanelOptions): Panel {
  const { rows, xTitle, colours, width, guides = [], head: headed = guides.length > 0, legend = true } = options;
  const head = headed ? HEAD : 0;
  const height = STEP * rows.length + head;
  const drawn = rows.filter(({ value }) => Number.isFinite(value));
  const largest = Math.max(0, ...drawn.map(({ value }) => value), ...guides.map((guide) => guide.x));
  const room = 1 + 60 / width; // for the numbers
  const high = Number((room * largest || 1).toPrecision(5));
  const x = {
    field: "value",
    type: "quantitative",
    scale: { domain: [0, high], nice: false, zero: true },
    axis: numberAxis(xTitle, niceTicks(0, high, Math.max(3, width / 75))),
  };
  const names = rows.map(({ name }) => name);
  const text = { labelLimit: 300, labelFontSize: 12, labelColor: INK, labelPadding: 8 };
  const y = {
    field: "name",
    type: "nominal",
    sort: names,
    scale: { domain: names, range: [head, height] },
    axis: { title: null, ticks: false, domain: false, ...text },
  };
  const color = {
    field: "group",
    type: "nominal",
    scale: { domain: Object.keys(colours), range: Object.values(colours) },
    legend: legend ? { title: null, symbolType: "circle" } : null,
  };
  const titles = Object.keys(rows[0]?.details ?? {});
  const tooltip = ["name", "label", ...titles].map((field) => ({ field, title: field === "label" ? "value" : field }));
  return {
    width,
    height,
    ...panelTitle(options.letter, options.title),
    layer: [
      ...guideLayers(guides, x, width),
      {
        data: { values: drawn.map(dataRow) },
        encoding: { y, x },
        layer: [
          { mark: { type: "rule", color: GUIDE, strokeWidth: 1.2, tooltip: null }, encoding: { x2: { datum: 0 } } },
          { mark: { type: "point", filled: true, size: 90, opacity: 1 }, encoding: { color, tooltip } },
          {
            mark: { type: "text", align: "left", dx: 9, fontSize: 11, color: MUTED, tooltip: null },
            encoding: { text: { field: "label" } },
          },
        ],
      },
      ...(drawn.length === rows.length ? [] : [withoutDots(rows, y)]),
    ],
  };
}

/** Rows whose value is no number: their label alone, where their line would begin. */
function withoutDots(rows: readonly DotRow[], y: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const values = rows.filter(({ value }) => !Number.isFinite(value)).map(({ name, label }) => ({ name, label }));
  const mark = { type: "text", align: "left", x: 4, fontSize: 11, color: MUTED, tooltip: null };
  return { data: { values }, mark, encoding: { y, text: { field: "label" } } };
}

function dataRow({ name, value, label, group, details }: DotRow): VegaLiteSpec[string] {
  return { name, value: Number(value.toPrecision(5)), label, group, ...details };
}
