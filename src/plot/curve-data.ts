import { compact, extent } from "./numbers";
import { thin } from "./thin";

/** One curve. */
export interface Curve {
  readonly name: string;
  readonly values: ArrayLike<number>;
  readonly colour?: string;
  readonly dashed?: boolean;
}

type Data = Readonly<Record<string, unknown>>;

/**
 * Data and transforms of curves over one x: one row a curve, unfolded into points (s, x, y) by the chart itself, which
 * takes an eighth of the room of one row per point. y is kept to a thousandth of its range; on a `logarithmic` axis to
 * four digits.
 */
export function curveData(x: ArrayLike<number>, curves: readonly Curve[], width: number, logarithmic = false): Data {
  const step = uniformStep(x);
  const whole = step !== undefined && x.length <= 1.5 * width;
  const rows = curves.map(({ name, values }) => {
    const kept = whole ? undefined : thin(values, width);
    const y = kept === undefined ? values : Array.from(kept, (i) => values[i]);
    const at =
      kept === undefined
        ? {}
        : {
            x: compact(
              Array.from(kept, (i) => x[i]),
              10 * width,
            ),
          };
    return { s: name, ...at, ...(logarithmic ? { y: fourDigits(y) } : coded(y)) };
  });
  const y = logarithmic ? "y" : "q";
  return {
    data: { values: rows },
    transform: [
      ...(whole ? [{ calculate: `sequence(${x.length})`, as: "i" }, { flatten: [y, "i"] }] : [{ flatten: [y, "x"] }]),
      ...(whole ? [{ calculate: `${round(x[0])} + ${round(step)} * datum.i`, as: "x" }] : []),
      ...(logarithmic ? [] : [{ calculate: "datum.q === null ? null : datum.a + datum.b * datum.q", as: "y" }]),
    ],
  };
}

/** The values as whole numbers from 0 to 999 with the line that gives them back: y = a + b q; null where there is none. */
function coded(values: ArrayLike<number>): { a: number; b: number; q: (number | null)[] } {
  const [low, high] = extent(values) ?? [0, 1];
  const step = (high - low) / 999 || 1;
  const q = Array.from(values, (v) => (Number.isFinite(v) ? Math.round((v - low) / step) : null));
  return { a: round(low), b: round(step), q };
}

function fourDigits(values: ArrayLike<number>): (number | null)[] {
  return Array.from(values, (v) => (v > 0 && Number.isFinite(v) ? Number(v.toPrecision(4)) : null));
}

const round = (v: number) => Number(v.toPrecision(7));

function uniformStep(x: ArrayLike<number>): number | undefined {
  if (x.length < 3) return undefined;
  const step = (x[x.length - 1] - x[0]) / (x.length - 1);
  for (let i = 0; i < x.length; i++) if (Math.abs(x[i] - x[0] - i * step) > 1e-3 * Math.abs(step)) return undefined;
  return step;
}
