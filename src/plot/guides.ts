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
 * Guide lines with their names, which stand to the right of their line, or to its left where they would leave the panel, or
 * where another line or name would cross them and there is room to the left.
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
  const at = guides.map(({ x: value }) => (width * (value - low)) / (high - low));
  const taken: { line: number; from: number; to: number }[] = [];
  const names = guides.map(({ text, line = 0 }, i) => {
    const reach = 3 + textWidth(text);
    const isFree = (from: number) =>
      from >= 0 &&
      from + reach <= width &&
      at.every((other, j) => j === i || other <= from || other >= from + reach) &&
      taken.every((name) => name.line !== line || name.to <= from || name.from >= from + reach);
    const left = !isFree(at[i]) && (isFree(at[i] - reach) || at[i] + reach > width);
    const from = left ? at[i] - reach : at[i];
    taken.push({ line, from, to: from + reach });
    const side = left ? { x: round(at[i] - 3), align: "right" } : { x: round(at[i] + 3), align: "left" };
    const mark = { type: "text", text, ...side, y: 1 + 14 * line, baseline: "top", fontSize: 10.5, color: MUTED };
    return { encoding: {}, mark };
  });
  return [lines, ...names];
}

/** Width of a name in pixels, nearly: digits and letters of Arial at 10.5 pixels, points and spaces half as wide. */
function textWidth(text: string): number {
  return [...text].reduce((sum, character) => sum + (/[ .,:ilj'|]/.test(character) ? 2.9 : 5.8), 0);
}
