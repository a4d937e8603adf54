import { smoothRows } from "./gaussian-smooth";

/** An asymmetric Lorentzian line: transitions to empty d and f states just above an edge. */
interface WhiteLine {
  /** eV */
  readonly energy: number;
  readonly height: number;
  /** Half widths at half maximum below and above its top, eV: lifetime of the hole, damping of the final state. */
  readonly below: number;
  readonly above: number;
}

/** Transitions to the continuum: a smooth step that falls off as a power of the energy. */
interface Step {
  readonly energy: number;
  readonly height: number;
  readonly width: number;
  readonly power: number;
}

interface Edge {
  readonly lines: readonly WhiteLine[];
  /** Energies between which the lines are drawn, eV: their Lorentzian feet end somewhere. */
  readonly range: readonly [number, number];
  readonly step: Step;
}

/** The edges of the simulated interface. */
export type EdgeName = "titanium" | "oxygenTitanate" | "oxygenGallate" | "lanthanum";

const line = (energy: number, height: number, below: number, above: number): WhiteLine => ({
  energy,
  height,
  below,
  above,
});

/**
 * Energies of the lines are those of the published spectra of SrTiO3 and of lanthanum perovskites (EELS Atlas, C. C. Ahn
 * and O. L. Krivanek, Gatan 1983); heights and widths are phenomenological.
 */
const EDGES: Readonly<Record<EdgeName, Edge>> = {
  // L3 and L2, each split by the crystal field of the octahedron.
  titanium: {
    lines: [
      line(457.6, 0.35, 0.6, 0.8),
      line(459.9, 0.75, 0.9, 1),
      line(463, 0.45, 1, 1.2),
      line(465.3, 0.8, 1.3, 1.8),
    ],
    range: [448, 520],
    step: { energy: 461, height: 0.55, width: 2.5, power: 3 },
  },
  oxygenTitanate: {
    lines: [
      line(531.2, 0.55, 0.7, 0.9),
      line(533.8, 0.3, 1, 1.3),
      line(537.2, 0.75, 1.6, 2.2),
      line(544.5, 0.45, 3, 4),
    ],
    range: [520, 600],
    step: { energy: 534, height: 0.55, width: 2, power: 3 },
  },
  // No empty d states at the bottom of the band: the first peak of the titanate is missing.
  oxygenGallate: {
    lines: [line(532.5, 0.12, 1.2, 1.2), line(536.2, 0.85, 1.4, 2.6), line(542.6, 0.5, 2.5, 4), line(556, 0.2, 5, 7)],
    range: [520, 600],
    step: { energy: 535, height: 0.55, width: 2, power: 3 },
  },
  lanthanum: {
    lines: [line(832.6, 1.25, 1.7, 1.9), line(849.4, 1.1, 1.8, 2)],
    range: [810, Number.POSITIVE_INFINITY],
    step: { energy: 838, height: 0.22, width: 4, power: 2.5 },
  },
};

/** The energy of each edge that its delocalisation follows, eV. */
export const EDGE_ENERGIES: Readonly<Record<EdgeName, number>> = {
  titanium: 456,
  oxygenTitanate: 532,
  oxygenGallate: 532,
  lanthanum: 832,
};

/** The shape of an edge on evenly spaced energies, seen with a resolution (full width at half maximum, eV). */
export function edgeShape(name: EdgeName, energies: Float64Array, resolution: number): Float64Array {
  const { lines, range, step } = EDGES[name];
  const shape = energies.map((energy) => {
    let value = step.height * stepAt(energy, step);
    if (energy <= range[0] || energy >= range[1]) return value;
    for (const { energy: top, height, below, above } of lines) {
      value += height / (1 + ((energy - top) / (energy < top ? below : above)) ** 2);
    }
    return value;
  });
  const channel = energies.length > 1 ? energies[1] - energies[0] : 1;
  return smoothRows(shape, energies.length, resolution / 2.3548 / channel);
}

function stepAt(energy: number, { energy: onset, width, power }: Step): number {
  if (energy <= onset - 6 * width - 6) return 0; // the foot of the arctangent
  const rise = 0.5 + Math.atan((energy - onset) / width) / Math.PI;
  return energy > onset ? rise * (energy / onset) ** -power : rise;
}
