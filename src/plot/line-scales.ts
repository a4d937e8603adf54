import type { LinePanelOptions } from "./line-panel";
import { extent, niceTicks } from "./numbers";

/** One channel of a Vega-Lite encoding. */
export type Channel = Readonly<Record<string, unknown>>;

/** An axis with these ticks, written as short as they can be: 0.5, 10, 20k, with a true minus sign. */
export function numberAxis(title: string | readonly string[] | undefined, ticks: readonly number[]): Channel {
  const large = ticks.some((tick) => Math.abs(tick) >= 1e4);
  // d3's "g" would write 1e+1 for 10 where the step has one digit.
  const negative = ticks.some((tick) => tick < 0);
  const text = negative ? "replace(datum.value + '', '-', '\u2212')" : "datum.value + ''";
  return { title: title ?? null, values: ticks, labelExpr: large ? "format(datum.value, '~s')" : text };
}

/** x of a line panel: its scale ends where the points end. */
export function xChannel({ x, xDomain, xTitle, width, counts = false }: LinePanelOptions): Channel {
  const [low, high] = (xDomain ?? extent(x) ?? [0, 1]).map((v) => Number(v.toPrecision(7)));
  const domain = low < high ? [low, high] : [low - 0.5, low + 0.5];
  const ticks = niceTicks(domain[0], domain[1], Math.max(3, width / 55));
  return {
    field: "x",
    type: "quantitative",
    scale: { domain, nice: false, zero: false },
    axis: numberAxis(xTitle, counts ? ticks.filter(Number.isInteger) : ticks),
  };
}

/** y of a line panel; even where a logarithmic one has no value above 0. The top tick stays below the panel's edge, so that the titles of a row keep one height. */
export function yChannel(options: LinePanelOptions): Channel {
  const { curves, height, yTitle, domain, band, logarithmic = false } = options;
  const all = [...curves.map(({ values }) => values), ...(band === undefined ? [] : [band.low, band.high])];
  const ranges = all.map(extent).filter((range) => range !== undefined);
  const low = Math.min(...ranges.map(([a]) => a));
  const high = Math.max(...ranges.map(([, b]) => b));
  const isLog = logarithmic && (domain ?? [low, high]).every((end) => end > 0 && Number.isFinite(end));
  const [from, to] = domain ?? (isLog ? [low / 1.15, high * 1.15] : paddedRange(low, high));
  const edge = (9 * (to - from)) / height;
  const ticks = isLog
    ? logTicks(from, to)
    : niceTicks(from, to, Math.max(3, height / 42)).filter((tick) => tick <= to - edge);
  return {
    field: "y",
    type: "quantitative",
    scale: isLog
      ? { type: "log", domain: [from, to], nice: false }
      : { domain: [short(from), short(to)], nice: false, zero: false },
    axis: numberAxis(wrapped(yTitle, height), ticks),
  };
}

/** A title longer than its axis would push the panel's own title up: its units, or all after the bracket, go below. */
function wrapped(title: string | undefined, height: number): string | readonly string[] | undefined {
  const units = title?.indexOf(" (") ?? -1;
  if (title === undefined || units < 0 || title.length * CHARACTER <= height) return title;
  return [title.slice(0, units), title.slice(units + 1)];
}

/** Mean width of a character of an axis title, in pixels of the theme's 11 pt font. */
const CHARACTER = 5.2;

/** 1, 2 and 5 times powers of ten; over four decades or more powers of ten alone, at most nine; even steps within one. */
function logTicks(low: number, high: number): number[] {
  const decades = Math.log10(high / low);
  if (decades < 0.8) return niceTicks(low, high, 4).filter((tick) => tick > 0);
  const ticks: number[] = [];
  const every = Math.max(1, Math.ceil(decades / 9));
  for (let power = Math.ceil(Math.log10(low) / every - 1) * every; power <= Math.log10(high); power += every) {
    for (const mantissa of decades >= 4 ? [1] : [1, 2, 5]) ticks.push(Number(`${mantissa}e${power}`));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}

const short = (v: number) => Number(v.toPrecision(5));

/** From 0, or from a little below the lowest value where it is negative, to a little above the highest. */
function paddedRange(low: number, high: number): [number, number] {
  if (!Number.isFinite(low)) return [0, 1];
  if (low >= 0) return high > 0 ? [0, 1.06 * high] : [0, 1];
  const pad = 0.06 * (Math.max(0, high) - low);
  return [low - pad, Math.max(0, high) + pad];
}
