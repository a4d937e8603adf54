import type { Random } from "../core";

/** One column of atoms along the beam. */
export interface AtomicColumn {
  /** "A": Sr or La; "B": Ti or Ga, with the oxygen above and below it; "O": oxygen alone. */
  readonly site: "A" | "B" | "O";
  /** Place in the field of view, nm. */
  readonly x: number;
  readonly y: number;
  /** Share of LaGaO3 in it, 0 to 1. */
  readonly gallate: number;
}

/** What the columns depend on; lengths in nm. */
export interface ColumnSettings {
  readonly width: number;
  readonly height: number;
  /** Side of the cubic cell. */
  readonly cell: number;
  /** Where the interface lies, as a share of the height. */
  readonly interface: number;
  /** Half width of the mixed zone, in cells. */
  readonly mixing: number;
  /** Turn of the lattice against the scan, degrees. */
  readonly tilt: number;
}

const SITES = [
  ["A", 0, 0],
  ["B", 0.5, 0.5],
  ["O", 0.5, 0],
  ["O", 0, 0.5],
] as const;
/** Scatter of the places (nm) and of the share in each column. */
const PLACE_SCATTER = 0.004;
const SHARE_SCATTER = 0.06;

/** The columns of a perovskite seen along [100], SrTiO3 above and LaGaO3 below a rough, mixed interface. */
export function perovskiteColumns(settings: ColumnSettings, random: Random): AtomicColumn[] {
  const { width, height, cell, mixing } = settings;
  const [cosine, sine] = [Math.cos, Math.sin].map((f) => f((settings.tilt * Math.PI) / 180));
  const origin = [random.between(0, cell), random.between(0, cell)];
  const most = Math.ceil((width + height) / cell) + 4;
  const columns: AtomicColumn[] = [];
  for (let i = -most; i < most; i++) {
    for (let j = -most; j < most; j++) {
      for (const [site, u, v] of SITES) {
        const [a, b] = [(i + u) * cell - origin[0], (j + v) * cell - origin[1]];
        const [x, y] = [a * cosine - b * sine, a * sine + b * cosine];
        if (x <= -cell || x >= width + cell || y <= -cell || y >= height + cell) continue;
        const wave = 0.15 * cell * Math.sin((2 * Math.PI * x) / width);
        const depth = (y - settings.interface * height + wave) / (mixing * cell);
        const share = 1 / (1 + Math.exp(-depth)) + random.normal(0, SHARE_SCATTER);
        columns.push({
          site,
          x: x + random.normal(0, PLACE_SCATTER),
          y: y + random.normal(0, PLACE_SCATTER),
          gallate: Math.min(1, Math.max(0, share)),
        });
      }
    }
  }
  return columns;
}
