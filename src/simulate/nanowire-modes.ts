import { besselK0 } from "./bessel";
import { besselI1 } from "./bessel-i";
import type { Nanowire, NanowireSettings } from "./nanowire-options";
import type { SimulationPace } from "./pace";
import { symmetricEigen } from "./symmetric-eigen";

const HBAR_C = 197.32698; // eV nm
/** Length of a piece of line charge, nm for a radius of 50 nm. */
const PIECE = 0.2; // radii

/** The axis of a wire between the centres of its caps, cut into pieces. */
export interface WireAxis {
  readonly wire: Nanowire;
  /** Cosine and sine of its angle. */
  readonly direction: readonly [number, number];
  /** Between the centres of the caps, nm. */
  readonly span: number;
  readonly pieces: number;
}

export function wireAxis(wire: Nanowire, radius: number): WireAxis {
  const angle = (wire.angle * Math.PI) / 180;
  const span = wire.length - 2 * radius;
  return {
    wire,
    direction: [Math.cos(angle), Math.sin(angle)],
    span,
    pieces: Math.max(8, Math.round(span / (PIECE * radius))),
  };
}

/** Place of piece i along the axis, nm from its middle. */
export function placeOf({ span, pieces }: WireAxis, i: number): number {
  return ((i + 0.5) / pieces - 0.5) * span;
}

/** Along and across a wire's axis, nm from its centre. */
export function along({ wire, direction: [cosine, sine] }: WireAxis, x: number, y: number): readonly [number, number] {
  const [dx, dy] = [x - wire.x, y - wire.y];
  return [dx * cosine + dy * sine, dy * cosine - dx * sine];
}

/** Distance in the plane from a wire's axis, nm. */
export function distanceTo(axis: WireAxis, x: number, y: number): number {
  const [u, v] = along(axis, x, y);
  return Math.hypot(Math.max(Math.abs(u) - axis.span / 2, 0), v);
}

/** A standing wave of one wire, as if it were alone. */
export interface StandingWave {
  /** Number of the wire, from 0. */
  readonly wire: number;
  /** Half waves along it, from 1. */
  readonly order: number;
  readonly depolarisation: number;
  /** Charge of each piece of the axis; its energy in its own field is 1. */
  readonly charge: Float64Array;
}

/** Energies and depolarisation factors of modes as coupled, lowest energy first. */
export interface CoupledModes {
  readonly waves: readonly StandingWave[];
  readonly depolarisation: Float64Array;
  /** Mode m is the sum over waves w of `weights[m * waves.length + w]` times the square root of the factor of w times w. */
  readonly weights: Float64Array;
}

/** The standing waves of all wires, and the modes they make by the fields of their charges. */
export async function coupledModes(
  axes: readonly WireAxis[],
  settings: NanowireSettings,
  pace: SimulationPace,
): Promise<CoupledModes> {
  const { radius, coupling } = settings;
  const waves = axes.flatMap((axis, wire) =>
    Array.from({ length: axis.wire.modes }, (_, i) => standingWave(axis, wire, i + 1, settings)),
  );
  const n = waves.length;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    await pace.step((0.04 * i) / n);
    matrix[i * n + i] = waves[i].depolarisation;
    for (let j = 0; j < i; j++) {
      if (waves[i].wire === waves[j].wire) continue;
      const [a, b] = [waves[i], waves[j]];
      const energy = chargeEnergy(axes[a.wire], a.charge, axes[b.wire], b.charge, 0.3 * radius * radius);
      matrix[i * n + j] = coupling * Math.sqrt(a.depolarisation * b.depolarisation) * energy;
      matrix[j * n + i] = matrix[i * n + j];
    }
  }
  const { values, vectors } = await symmetricEigen(matrix, n, pace, 0.04, 0.05);
  const order = Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  return {
    waves,
    // Strong coupling of many modes can push a factor out of the range that a body has.
    depolarisation: Float64Array.from(order, (m) => Math.min(0.95, Math.max(0.005, values[m]))),
    weights: Float64Array.from({ length: n * n }, (_, i) => vectors[order[Math.floor(i / n)] * n + (i % n)]),
  };
}

/**
 * A wave of `order` half waves: its energy from the dispersion of an infinite cylinder, n(k) = x I1(x) K0(x) with
 * x = k radius, and of light; its charge as the cosine of a standing wave.
 */
function standingWave(axis: WireAxis, wire: number, order: number, settings: NanowireSettings): StandingWave {
  const { radius, bulkEnergy, highFrequencyPermittivity, hostPermittivity: host, retardation } = settings;
  const { length } = axis.wire;
  const k = (order * Math.PI) / (length + radius);
  const x = k * radius;
  const plasma2 = bulkEnergy ** 2 * highFrequencyPermittivity;
  const still = plasma2 / (highFrequencyPermittivity - host + host / (x * besselI1(x) * besselK0(x)));
  const energy2 = 1 / (1 / still + (retardation / (HBAR_C * k)) ** 2);
  const depolarisation = host / (plasma2 / energy2 - highFrequencyPermittivity + host);

  const phase = (place: number) => Math.cos((order * Math.PI * place) / length);
  const charge = Float64Array.from({ length: axis.pieces }, (_, i) => phase(placeOf(axis, i) + axis.span / 2 + radius));
  // The outermost pieces carry the charge of the caps: a cap has the area of a piece of wire one radius long.
  const cap = (radius / (axis.span / axis.pieces)) * phase(0.4 * radius);
  charge[0] += cap;
  charge[axis.pieces - 1] += (order % 2 === 0 ? 1 : -1) * cap;
  const mean = charge.reduce((a, b) => a + b) / axis.pieces;
  const neutral = charge.map((value) => value - mean);
  const scale = 1 / Math.sqrt(chargeEnergy(axis, neutral, axis, neutral, radius * radius));
  return { wire, order, depolarisation, charge: neutral.map((value) => scale * value) };
}

/** Coulomb energy of two line charges; `smear` (nm^2) is how far charges on surfaces stay apart. */
function chargeEnergy(a: WireAxis, chargeA: Float64Array, b: WireAxis, chargeB: Float64Array, smear: number): number {
  const points = (axis: WireAxis) =>
    Array.from({ length: axis.pieces }, (_, i) => {
      const place = placeOf(axis, i);
      return [axis.wire.x + place * axis.direction[0], axis.wire.y + place * axis.direction[1]] as const;
    });
  const others = points(b);
  let energy = 0;
  points(a).forEach(([x, y], i) => {
    others.forEach(([u, v], j) => {
      energy += (chargeA[i] * chargeB[j]) / Math.sqrt((x - u) ** 2 + (y - v) ** 2 + smear);
    });
  });
  return energy;
}
