import type { Channel } from "./line-scales";
import { GUIDE, MUTED } from "./theme";

/** A vertical guide line at a value of x, named at its top. */
export interface Guide {
  readonly x: number;
  readonly text: string;
  /** Line of text, counted from the top; default 0. */
  readonly line?: number;
}

/** Guide lines with their names; a name that would leave the panel on the right goes to the left of its line. */
export function guideLayers(guides: readonly Guide[], x: Channel, width: number): Record<string, unknown>[] {
  if (guides.length === 0) return [];
  const [low, high] = (x.scale as { domain: [number, number] }).domain;
  const place = (at: number) => ((at - low) / (high - low)) * width;
  const rule = { type: "rule", strokeDash: [2, 3], color: GUIDE, tooltip: null };
  const encoding = { x };
  return [
    { data: { values: guides.map((guide) => ({ x: guide.x })) }, mark: rule, encoding },
    ...guides.map(({ x: at, text, line = 0 }) => {
      const left = place(at) > width - 6 - 5.6 * text.length;
      const side = left ? { dx: -3, align: "right" } : { dx: 3, align: "left" };
      const mark = { type: "text", text, y: 1 + 14 * line, ...side, baseline: "top", fontSize: 10.5, color: MUTED };
      return { data: { values: [{ x: at }] }, mark, encoding };
    }),
  ];
}
