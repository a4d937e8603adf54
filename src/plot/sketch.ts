import { GUIDE, INK } from "./theme";

/** A mark with a place of its own, in chart pixels, drawn once. */
export function placed(mark: Record<string, unknown>): Record<string, unknown> {
  return { encoding: {}, mark: { tooltip: null, ...mark } };
}

/** A text about its middle. */
export function words(x: number, y: number, text: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return placed({ type: "text", x, y, text, fontSize: 11, color: INK, align: "center", baseline: "middle", ...more });
}

/** An arrow to the right that ends at x, 20 pixels long. */
export function arrowTo(x: number, y: number): Record<string, unknown>[] {
  return [
    placed({ type: "rect", x: x - 20, x2: x - 2, y: y - 0.75, y2: y + 0.75, color: GUIDE }),
    placed({ type: "point", shape: "triangle-right", filled: true, size: 46, x: x - 2, y, color: GUIDE, opacity: 1 }),
  ];
}
