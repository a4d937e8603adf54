import type { Channel } from "./line-scales";
import { GUIDE, MUTED } from "./theme";

/** A vertical guide line at a value of x, named at its top. */
export interface Guide {
  readonly x: number;
  readonly text: string;
  /** Line of text, counted from the top; default 0. */
  readonly line?: number;
}

/**
 * Guide lines with their names, which stand to the right of their line, or to its left where they would leave the panel
 * or another line would cross them.
 */
export function guideLayers(guides: readonly Guide[], panelX: Channel, width: number): Record<string, unknown>[] {
  if (guides.length === 0) return [];
  const [low, high] = (panelX.scale as { domain: [number, number] }).domain;
  const round = (v: number) => Number(v.toPrecision(5));
  // With the panel's own axis: Vega-Lite joins equal ones, and one layer without would take it away.
  const x = { ...panelX, field: "x" };
  const lines = {
    data: { values: guides.map((guide) => ({ x: round(guide.x) })) },
    mark: { type: "rule", strokeDash: [2, 3], color: GUIDE, tooltip: null },
    encoding: { x },
  };
  const place = (value: number) => (width * (value - low)) / (high - low);
  const names = guides.map(({ x: value, text, line = 0 }) => {
    const at = place(value);
    const reach = 6 + 5.6 * text.length;
    const isFree = (from: number) =>
      from >= 0 && from <= width - reach && !guides.some((other) => isWithin(place(other.x), from + 1, reach - 2));
    const left = !isFree(at) && (isFree(at - reach) || at > width - reach);
    const side = left ? { x: round(at - 3), align: "right" } : { x: round(at + 3), align: "left" };
    const mark = { type: "text", text, ...side, y: 1 + 14 * line, baseline: "top", fontSize: 10.5, color: MUTED };
    return { encoding: {}, mark };
  });
  return [lines, ...names];
}

const isWithin = (at: number, from: number, length: number) => at > from && at < from + length;
