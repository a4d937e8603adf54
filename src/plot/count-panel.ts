import { type Panel, panelTitle } from "./figure";
import { type Guide, guideLayers } from "./guides";
import { numberAxis, yChannel } from "./line-scales";
import { extent } from "./numbers";
import { accent, GUIDE, MUTED } from "./theme";

/** What a panel over whole numbers shows. */
export interface CountPanelOptions {
  readonly letter?: string;
  readonly title: string;
  /** Whole numbers, rising, e.g. numbers of components. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly xTitle: string;
  readonly yTitle: string;
  readonly width: number;
  readonly height: number;
  readonly logarithmic?: boolean;
  /** Fixed range of y. */
  readonly domain?: readonly [number, number];
  /** Half the height of a bar at each point. */
  readonly spread?: readonly number[];
  /** true where a point is pale: below the noise, not chosen. */
  readonly pale?: (index: number) => boolean;
  /** A dashed line across, with its name. */
  readonly level?: { readonly y: number; readonly text: string };
  readonly guides?: readonly Guide[];
  readonly colour?: string;
}

/** Points joined by a line over whole numbers. */
export function countPanel(options: CountPanelOptions): Panel {
  const { x: places, y: values, width, height, level, spread, pale, guides = [], colour = accent(0) } = options;
  const digits = (v: number) => Number(v.toPrecision(5));
  const [low, high] = [places[0] - 0.5, places[places.length - 1] + 0.5];
  const step = Math.max(1, Math.ceil(((high - low) * 24) / width));
  const x = {
    field: "x",
    type: "quantitative",
    scale: { domain: [low, high], nice: false, zero: false },
    axis: numberAxis(
      options.xTitle,
      places.filter((place) => place === places[0] || place % step === 0),
    ),
  };
  const shown = [
    ...values,
    ...(level === undefined ? [] : [level.y]),
    ...(spread === undefined ? [] : values.flatMap((v, i) => [v - spread[i], v + spread[i]])),
  ];
  const [least, largest] = extent(shown) ?? [0, 1];
  const y = yChannel({
    title: "",
    x: places,
    curves: [{ name: "", values: shown }],
    width,
    height,
    yTitle: options.yTitle,
    logarithmic: options.logarithmic,
    // whole points, and no tick at the upper edge, which would lift the panel's title above its neighbour's
    domain: options.domain ?? (options.logarithmic ? [least / 1.6, 1.8 * largest] : undefined),
  });
  const data = {
    values: places.map((place, i) => ({
      x: place,
      y: digits(values[i]),
      ...(spread === undefined ? {} : { a: digits(values[i] - spread[i]), b: digits(values[i] + spread[i]) }),
      ...(pale === undefined ? {} : { p: pale(i) ? 1 : 0 }),
    })),
  };
  const tooltip = [
    { field: "x", title: options.xTitle },
    { field: "y", title: options.yTitle, format: ".4~g" },
  ];
  const fill =
    pale === undefined ? { value: colour } : { condition: { test: "datum.p === 1", value: GUIDE }, value: colour };
  return {
    width,
    height,
    ...panelTitle(options.letter, options.title),
    layer: [
      ...guideLayers(guides, x, width),
      ...(level === undefined ? [] : levelLayers(level, { x, y }, width)),
      {
        data,
        encoding: { x, y },
        layer: [
          { mark: { type: "line", color: pale === undefined ? colour : GUIDE, strokeWidth: 1.4, tooltip: null } },
          ...(spread === undefined
            ? []
            : [
                {
                  mark: { type: "rule", color: colour, strokeWidth: 1.4, opacity: 0.5, tooltip: null },
                  encoding: { y: { ...y, field: "a" }, y2: { field: "b" } },
                },
              ]),
          { mark: { type: "point", filled: true, size: 52, opacity: 1 }, encoding: { fill, tooltip } },
        ],
      },
    ],
  };
}

function levelLayers(
  { y: value, text }: NonNullable<CountPanelOptions["level"]>,
  channels: { x: object; y: object },
  width: number,
): Record<string, unknown>[] {
  const data = { values: [{ y: Number(value.toPrecision(5)) }] };
  return [
    { data, mark: { type: "rule", strokeDash: [4, 3], color: MUTED, tooltip: null }, encoding: { y: channels.y } },
    {
      data,
      mark: {
        type: "text",
        text,
        x: width - 3,
        align: "right",
        baseline: "bottom",
        dy: -3,
        fontSize: 10.5,
        color: MUTED,
      },
      encoding: { y: channels.y },
    },
  ];
}
