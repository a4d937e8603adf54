import { describe, expect, test } from "vitest";
import type { Cube } from "../../src/simulate/array-geometry";
import { collectiveLoss } from "../../src/simulate/beam-response";
import { besselK0, besselK1 } from "../../src/simulate/bessel";
import { bulkLoss, type Complex, modeEnergy, modeResponse, permittivity } from "../../src/simulate/dielectric";
import { arrayModes } from "../../src/simulate/dipole-coupling";
import { ELECTRON_CHARGE_SQUARED, fastElectron, momentumTransfer } from "../../src/simulate/electron";
import { localLoss } from "../../src/simulate/local-loss";
import { simulationPace } from "../../src/simulate/pace";

const metal = { highFrequency: 4, plasma: 1.8, damping: 0.135 };
const host = 2.4;
const softening = 0.114;
const strength = 0.32;
const electron = fastElectron(60);
const energies = Float64Array.from({ length: 94 }, (_, i) => 0.2 + 0.01 * i);
const eps = Array.from(energies, (energy) => permittivity(metal, energy));

const cube = (x: number, y: number, side = 14): Cube => ({
  x,
  y,
  width: side,
  height: side,
  angle: 0,
  thickness: side,
});
const film = [cube(0, 0), cube(15, 1), cube(30.5, -1, 13), cube(0.5, 15.2), cube(15, 16, 12), cube(31, 15)];

async function spectrum(cubes: readonly Cube[], x: number, y: number, coupling = 1): Promise<Float64Array> {
  const depolarisation = Float64Array.from(cubes, (_, i) => 0.178 + 0.004 * i);
  const modes = await arrayModes(cubes, { depolarisation, strength, coupling, softening }, simulationPace(), 1);
  const loss = collectiveLoss(cubes, modes, electron, { energies, eps, host });
  const weights = new Float64Array(loss.terms);
  loss.addWeights([x], [y], weights, loss.terms);
  return energies.map((_, k) => weights.reduce((s, w, t) => s + w * loss.responses[t * energies.length + k], 0));
}

describe("the fast electron", () => {
  test("of 60 keV has the published gamma and velocity", () => {
    expect(electron.gamma).toBeCloseTo(1.1174, 4);
    expect(electron.hbarVelocity).toBeCloseTo(88.05, 1);
  });
});

describe("the dielectric function", () => {
  test("puts the bulk loss at plasma / sqrt(highFrequency)", () => {
    const fine = Float64Array.from({ length: 2000 }, (_, i) => 0.5 + 0.0004 * i);
    const loss = fine.map((energy) => bulkLoss(permittivity({ ...metal, damping: 0.01 }, energy)));
    expect(fine[loss.indexOf(Math.max(...loss))]).toBeCloseTo(0.9, 3);
  });

  test("puts a mode's response at its mode energy", () => {
    const fine = Float64Array.from({ length: 2000 }, (_, i) => 0.2 + 0.0004 * i);
    for (const n of [0.1, 0.178, 1 / 3]) {
      const response = fine.map((energy) => modeResponse(permittivity({ ...metal, damping: 0.005 }, energy), host, n));
      expect(fine[response.indexOf(Math.max(...response))]).toBeCloseTo(modeEnergy(metal, host, n), 3);
    }
  });
});

describe("the loss to collective modes", () => {
  test("of one lone cube is the dipole formula", async () => {
    const actual = await spectrum([cube(0, 0)], 20, 0);
    const exact = energies.map((energy, k) => {
      const q = momentumTransfer(electron, energy);
      const alpha = ((strength * 14 ** 3) / (4 * Math.PI)) * modeResponse(eps[k], host, 0.178);
      const field = besselK1(q * 20) ** 2 + (besselK0(q * 20) / electron.gamma) ** 2;
      return ((4 * ELECTRON_CHARGE_SQUARED * q * q) / (Math.PI * electron.hbarVelocity ** 2)) * field * alpha;
    });
    expect(actual).toMatchArray(exact, { relative: 0.01 }); // the field is linear between two energies
  });

  test("of a film is what the coupled-dipole equations give when they are solved directly", async () => {
    for (const [x, y] of [
      [7.5, 7.5], // between cubes
      [2, 1], // inside one
      [60, 5], // beyond the film
    ]) {
      const actual = await spectrum(film, x, y);
      const exact = energies.map((energy, k) => (k % 10 === 0 ? directLoss(film, x, y, energy, eps[k]) : 0));
      const compared = actual.map((value, k) => (k % 10 === 0 ? value : 0));
      expect(compared).toMatchArray(exact, { relative: 0.015 }); // field linear in energy, worst far outside; modes in 64 bins
    }
  });

  test("reaches far beyond the film and falls with distance", async () => {
    const at = async (x: number) => Math.max(...(await spectrum(film, x, 7)));
    const [near, middle, far] = [await at(45), await at(60), await at(100)];
    expect(near).toBeGreaterThan(middle);
    expect(middle).toBeGreaterThan(far);
    expect(far).toBeGreaterThan(0.005 * near);
  });

  test("does not depend on how the film is turned", async () => {
    const turned = film.map((c) => ({ ...c, x: -c.y, y: c.x }));
    const expected = await spectrum(film, 40, 3);
    expect(await spectrum(turned, -3, 40)).toMatchArray(expected, { relative: 1e-3 }); // the bins lie the same way
  });

  test("moves to lower energies beyond the end of a row when cubes see each other", async () => {
    const row = Array.from({ length: 8 }, (_, i) => cube(15 * i, 0));
    const peak = (s: Float64Array) => energies[s.indexOf(Math.max(...s))];
    const alone = peak(await spectrum(row, 130, 0, 0));
    const together = peak(await spectrum(row, 130, 0, 1));
    expect(together).toBeLessThan(alone - 0.03);
  });
});

describe("the local loss", () => {
  const strengths = { faces: 0.6, bulk: 0.5, faceHost: 1.2 };
  const at = (x: number, which = strengths) => {
    const loss = localLoss([cube(0, 0)], electron, eps, which);
    const weights = new Float64Array(loss.terms);
    const thickness = loss.addWeights(x, 0, weights, 0);
    const values = energies.map((_, k) =>
      weights.reduce((s, w, t) => s + w * loss.responses[t * energies.length + k], 0),
    );
    return { values, thickness };
  };

  test("has its bulk part near 0.9 eV, inside only", () => {
    const bulk = { ...strengths, faces: 0 };
    expect(Math.max(...at(12, bulk).values)).toBe(0);
    const inside = at(0, bulk).values;
    expect(energies[inside.indexOf(Math.max(...inside))]).toBeCloseTo(0.9, 1);
  });

  test("has its face part near 0.75 eV, strongest at the face", () => {
    const faces = { ...strengths, bulk: 0 };
    const [centre, face, outside] = [0, 7, 12].map((x) => at(x, faces).values);
    const peak = Math.max(...face);
    expect(peak).toBeGreaterThan(10 * Math.max(...centre));
    expect(peak).toBeGreaterThan(2 * Math.max(...outside));
    expect(Math.abs(energies[face.indexOf(peak)] - 0.75)).toBeLessThan(0.05);
  });

  test("says how much material is in the way", () => {
    expect(at(0).thickness).toBeCloseTo(14, 4);
    expect(at(7).thickness).toBeCloseTo(7, 6);
    expect(at(20).thickness).toBeCloseTo(0, 6);
  });
});

/** The same physics without modes: [1 / chi + n] p / g^2 - T p = E, one dense complex solve per energy. */
function directLoss(cubes: readonly Cube[], x: number, y: number, energy: number, eps: Complex): number {
  const n = cubes.length;
  const q = momentumTransfer(electron, energy);
  const volume = (c: Cube) => c.width * c.height * c.thickness;
  const field = new Float64Array(3 * n);
  cubes.forEach((c, i) => {
    const b = Math.hypot(c.x - x, c.y - y);
    const radius = Math.sqrt((c.width * c.height) / Math.PI);
    const radial = b < radius ? (besselK1(q * radius) * b) / radius : besselK1(q * b);
    field[3 * i] = (q * radial * (c.x - x)) / b;
    field[3 * i + 1] = (q * radial * (c.y - y)) / b;
    field[3 * i + 2] =
      (q / electron.gamma) * (b < radius ? besselK0(q * radius) + 0.5 * (1 - (b / radius) ** 2) : besselK0(q * b));
  });
  const a = Array.from({ length: 3 * n }, () => Array.from({ length: 3 * n }, (): [number, number] => [0, 0]));
  const chi = [eps[0] / host - 1, eps[1] / host];
  const norm = chi[0] ** 2 + chi[1] ** 2;
  for (let i = 0; i < n; i++) {
    const g2 = (strength * volume(cubes[i])) / (4 * Math.PI);
    for (let c = 0; c < 3; c++)
      a[3 * i + c][3 * i + c] = [(chi[0] / norm + 0.178 + 0.004 * i) / g2, -chi[1] / norm / g2];
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      const d = [cubes[i].x - cubes[j].x, cubes[i].y - cubes[j].y, 0];
      const r2 = d[0] ** 2 + d[1] ** 2 + softening * Math.cbrt(volume(cubes[i])) * Math.cbrt(volume(cubes[j]));
      for (let c = 0; c < 3; c++) {
        for (let e = 0; e < 3; e++) {
          a[3 * i + c][3 * j + e] = [-((3 * d[c] * d[e]) / r2 - (c === e ? 1 : 0)) / r2 ** 1.5, 0];
        }
      }
    }
  }
  const dipole = solveComplex(a, field);
  const absorbed = dipole.reduce((s, p, i) => s + field[i] * p[1], 0);
  return ((4 * ELECTRON_CHARGE_SQUARED) / (Math.PI * electron.hbarVelocity ** 2)) * absorbed;
}

/** Gaussian elimination with pivoting. */
function solveComplex(a: [number, number][][], right: Float64Array): [number, number][] {
  const n = right.length;
  const rows = a.map((row, i) => [...row, [right[i], 0] as [number, number]]);
  const times = (u: [number, number], v: [number, number]): [number, number] => [
    u[0] * v[0] - u[1] * v[1],
    u[0] * v[1] + u[1] * v[0],
  ];
  const over = (u: [number, number], v: [number, number]): [number, number] => {
    const s = v[0] ** 2 + v[1] ** 2;
    return times(u, [v[0] / s, -v[1] / s]);
  };
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k; i < n; i++) if (Math.hypot(...rows[i][k]) > Math.hypot(...rows[pivot][k])) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = over(rows[i][k], rows[k][k]);
      for (let j = k; j <= n; j++) {
        const part = times(factor, rows[k][j]);
        rows[i][j] = [rows[i][j][0] - part[0], rows[i][j][1] - part[1]];
      }
    }
  }
  return rows.map((row, i) => over(row[n], row[i]));
}
