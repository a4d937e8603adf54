import type { Cube } from "./array-geometry";
import { besselK0, besselK1 } from "./bessel";
import { type Complex, modeResponse } from "./dielectric";
import type { ArrayModes } from "./dipole-coupling";
import { ELECTRON_CHARGE_SQUARED, type FastElectron, momentumTransfer } from "./electron";
import type { Eigen } from "./symmetric-eigen";

/** Beam positions handled together; each costs two field vectors, and the inner product runs four vectors at once. */
export const BLOCK = 4;

/**
 * Loss to the collective modes as a product of two small tables: `weights` (beam position x term) and `responses`
 * (term x energy). Terms are bins of depolarisation factor, three times: the field is linear between two energies, its
 * square has three products.
 */
export interface CollectiveLoss {
  /** Number of terms. */
  readonly terms: number;
  /** Response of each term over the energies, `responses[term * energies + k]`, 1/eV per unit of weight. */
  readonly responses: Float64Array;
  /** Adds the weights of up to BLOCK beam positions (x, y in nm) to `out[position * stride + term]`. */
  addWeights(xs: ArrayLike<number>, ys: ArrayLike<number>, out: Float64Array, stride: number): void;
}

/**
 * Energy loss of a fast electron to the modes of the array. Field of the electron at distance b, q = E / (hbar v gamma):
 * q K1(q b) across and q K0(q b) / gamma along the beam; a dipole loses 4 e^2 / (pi (hbar v)^2) |field|^2 Im(alpha) per
 * eV: F. J. Garcia de Abajo, Rev. Mod. Phys. 82, 209 (2010), doi:10.1103/RevModPhys.82.209. A beam inside a cube acts
 * by its average over the disc of the same area, which removes the singularity.
 */
export function collectiveLoss(
  cubes: readonly Cube[],
  modes: ArrayModes,
  electron: FastElectron,
  material: { readonly energies: Float64Array; readonly eps: readonly Complex[]; readonly host: number },
  options: { readonly bins?: number } = {},
): CollectiveLoss {
  const { energies, eps, host } = material;
  const bins = binning([modes.inPlane.values, modes.alongBeam.values], options.bins ?? 64);
  const nodes = fieldNodes(energies);
  const q = nodes.map((energy) => momentumTransfer(electron, energy));
  const n = cubes.length;
  const across = new Float64Array(BLOCK * 2 * 2 * n);
  const along = new Float64Array(BLOCK * 2 * n);
  const terms = 3 * bins.count;

  return {
    terms,
    responses: responseTable(bins, nodes, energies, eps, host, electron),
    addWeights(xs, ys, out, stride) {
      for (let p = 0; p < xs.length; p++) {
        for (let k = 0; k < 2; k++) {
          const row = 2 * p + k;
          fillField(cubes, modes.drive, q[k], electron.gamma, xs[p], ys[p], {
            across: across.subarray(row * 2 * n, (row + 1) * 2 * n),
            along: along.subarray(row * n, (row + 1) * n),
          });
        }
      }
      addSquares(modes.inPlane, across, xs.length, bins, out, stride);
      addSquares(modes.alongBeam, along, xs.length, bins, out, stride);
    },
  };
}

/** The electron's field at every cube, times how strongly the cube is driven. */
export function fillField(
  cubes: readonly Cube[],
  drive: Float64Array,
  q: number,
  gamma: number,
  x: number,
  y: number,
  out: { readonly across: Float64Array; readonly along: Float64Array },
): void {
  const n = cubes.length;
  for (let i = 0; i < n; i++) {
    const cube = cubes[i];
    const dx = cube.x - x;
    const dy = cube.y - y;
    const b = Math.sqrt(dx * dx + dy * dy);
    const radius = Math.sqrt((cube.width * cube.height) / Math.PI);
    const far = Math.max(b, radius);
    const inside = b / far;
    const perLength = (drive[i] * q * besselK1(q * far)) / far; // inside the disc the field grows linearly from its centre
    out.across[i] = perLength * dx;
    out.across[n + i] = perLength * dy;
    out.along[i] = ((drive[i] * q) / gamma) * (besselK0(q * far) + 0.5 * (1 - inside * inside));
  }
}

interface Bins {
  readonly first: number;
  readonly step: number;
  readonly count: number;
}

function binning(values: readonly Float64Array[], count: number): Bins {
  const low = Math.min(...values.map((v) => v.reduce((a, b) => Math.min(a, b))));
  const high = Math.max(...values.map((v) => v.reduce((a, b) => Math.max(a, b))));
  return { first: low, step: Math.max((high - low) / (count - 1), 1e-9), count };
}

/** Two energies between which, and beyond, the slowly varying field is taken as linear: they frame the strong signal. */
function fieldNodes(energies: Float64Array): [number, number] {
  const last = energies[energies.length - 1];
  const first = Math.max(energies[0], 0.15 * last);
  return [first + 0.06 * (last - first), first + 0.45 * (last - first)];
}

function responseTable(
  bins: Bins,
  nodes: readonly [number, number],
  energies: Float64Array,
  eps: readonly Complex[],
  host: number,
  electron: FastElectron,
): Float64Array {
  const channels = energies.length;
  const table = new Float64Array(3 * bins.count * channels);
  const scale = (4 * ELECTRON_CHARGE_SQUARED) / (Math.PI * electron.hbarVelocity ** 2);
  for (let bin = 0; bin < bins.count; bin++) {
    for (let k = 0; k < channels; k++) {
      const t = (energies[k] - nodes[0]) / (nodes[1] - nodes[0]);
      const response = scale * modeResponse(eps[k], host, bins.first + bin * bins.step);
      table[bin * channels + k] = (1 - t) * (1 - t) * response;
      table[(bins.count + bin) * channels + k] = 2 * t * (1 - t) * response;
      table[(2 * bins.count + bin) * channels + k] = t * t * response;
    }
  }
  return table;
}

/** Projects the fields on the modes and shares each square between the two bins beside its depolarisation factor. */
function addSquares(
  modes: Eigen,
  fields: Float64Array,
  count: number,
  bins: Bins,
  out: Float64Array,
  stride: number,
): void {
  const n = modes.values.length;
  const amplitude = new Float64Array(2 * BLOCK);
  for (let m = 0; m < n; m++) {
    const vector = modes.vectors.subarray(m * n, (m + 1) * n);
    for (let p = 0; p < count; p += 2) dotFour(vector, fields, 2 * p * n, amplitude, 2 * p);
    const place = (modes.values[m] - bins.first) / bins.step;
    const low = Math.min(bins.count - 2, Math.floor(place));
    const upper = place - low;
    for (let p = 0; p < count; p++) {
      const a = amplitude[2 * p];
      const b = amplitude[2 * p + 1];
      const at = p * stride + low;
      addShared(out, at, a * a, upper);
      addShared(out, at + bins.count, a * b, upper);
      addShared(out, at + 2 * bins.count, b * b, upper);
    }
  }
}

function addShared(out: Float64Array, at: number, weight: number, upper: number): void {
  out[at] += weight * (1 - upper);
  out[at + 1] += weight * upper;
}

/** Inner products of one vector with four consecutive rows of `fields`, the costly loop of the simulator. */
function dotFour(vector: Float64Array, fields: Float64Array, from: number, out: Float64Array, to: number): void {
  const n = vector.length;
  const second = from + n;
  const third = second + n;
  const fourth = third + n;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let k = 0; k < n; k++) {
    const v = vector[k];
    a += v * fields[from + k];
    b += v * fields[second + k];
    c += v * fields[third + k];
    d += v * fields[fourth + k];
  }
  out[to] = a;
  out[to + 1] = b;
  out[to + 2] = c;
  out[to + 3] = d;
}
