import type { Random } from "../core";

/** A cube of the array: a rotated box, nm and radians, seen from above. */
export interface Cube {
  /** Centre, nm; x along columns, y along rows, the scan begins at 0. */
  readonly x: number;
  readonly y: number;
  /** Side lengths in the plane, nm. */
  readonly width: number;
  readonly height: number;
  /** Rotation from the x axis towards the y axis, radians. */
  readonly angle: number;
  /** Size along the beam, nm. */
  readonly thickness: number;
}

/** Where a place of the disordered lattice went. */
export type Fate = "kept" | "hole" | "outside";

/** A place of the lattice, occupied or not. */
export interface Site {
  readonly cube: Cube;
  readonly fate: Fate;
}

/** The numbers that shape the array; lengths in nm. */
export interface ArrayShape {
  /** Field of view. */
  readonly width: number;
  readonly height: number;
  readonly side: number;
  /** Relative scatter of the side. */
  readonly sideSpread: number;
  readonly gap: number;
  readonly gapSpread: number;
  /** How far the film goes on beyond the top, bottom and left of the field of view. */
  readonly padding: number;
  readonly hole: boolean;
  /** Where the film ends, as a fraction of the width of the field of view. */
  readonly edge: number;
}

const SMALLEST = 0.71; // of the mean side
const LARGEST = 1.43;
const ROW_TILT = 0.1; // radians
const BEND = 4; // nm
const MARGIN = 30; // nm of film that are left beyond the field of view where the bend takes most
const TURN = (4 * Math.PI) / 180;
const EDGE_ROUGHNESS = 5; // nm
const HOLE = { x: 0.33, y: 0.49, length: 26, rise: -0.1, points: 4 };

/**
 * A disordered square array: rows of cubes of random width laid one after another, bent, tilted and locally turned; a
 * hole where a few neighbours are missing, and a ragged edge on the right. How disordered is phenomenological: chosen so
 * that the picture looks like the published HAADF image of an FT:IO nanocrystal film.
 */
export function arrayGeometry(shape: ArrayShape, random: Random): readonly Site[] {
  const phases = Array.from({ length: 4 }, () => random.between(0, 2 * Math.PI));
  const cubes = layRows(shape, phases, random);
  const edges = cubes.map((cube) => edgeAt(shape, phases[3], cube.y) + random.normal(0, 1.5));
  const missing = shape.hole ? holeMembers(shape, cubes) : new Set<Cube>();
  return cubes
    .map((cube, i): Site => {
      const inside = cube.x + 0.15 * cube.width < edges[i];
      return { cube, fate: !inside ? "outside" : missing.has(cube) ? "hole" : "kept" };
    })
    .filter(({ cube }) => cube.y > -shape.padding && cube.y < shape.height + shape.padding && cube.x > -shape.padding);
}

function layRows(shape: ArrayShape, phases: readonly number[], random: Random): Cube[] {
  const { side, sideSpread, gap, gapSpread, padding } = shape;
  const length = (mean: number, relative: number) =>
    clamp(mean * (1 + random.normal(0, relative)), SMALLEST * side, LARGEST * side);
  const cubes: Cube[] = [];
  // The tilt takes the lower rows of a long film up, the ends of the rows of a high one aside: by more than the padding.
  const down = Math.max(padding, ROW_TILT * shape.width + MARGIN);
  const aside = Math.max(padding, ROW_TILT * (shape.height / 2 + padding) + MARGIN);
  for (let y = -padding; y < shape.height + down; ) {
    const row = length(side, 0.7 * sideSpread);
    for (let x = -aside - random.between(0, side); x < shape.width + aside; ) {
      const width = length(side, sideSpread);
      const height = length(row, 0.05);
      const place = bend(shape, phases, x + width / 2, y + row / 2);
      cubes.push({
        x: place.x + random.normal(0, 0.25),
        y: place.y + random.normal(0, 0.25),
        width,
        height,
        angle: place.angle + random.normal(0, (1.5 * Math.PI) / 180),
        thickness: length((width + height) / 2, 0.08),
      });
      x += width + Math.max(0.5 * gap, random.normal(gap, gapSpread));
    }
    y += row + Math.max(0.6 * gap, random.normal(gap, gapSpread));
  }
  return cubes;
}

/** The smooth displacement and rotation that turns straight rows into bent ones. */
function bend(shape: ArrayShape, phases: readonly number[], x: number, y: number) {
  const wave = (position: number, length: number, phase: number) => Math.sin((2 * Math.PI * position) / length + phase);
  return {
    x: x + ROW_TILT * (y - shape.height / 2) + (BEND / 2) * wave(y, 150, phases[2]),
    y: y - ROW_TILT * x + BEND * wave(x, 170, phases[1]),
    angle: TURN * wave(x + 0.6 * y, 260, phases[0]) - ROW_TILT,
  };
}

function edgeAt(shape: ArrayShape, phase: number, y: number): number {
  const slope = 0.2 * (y - shape.height / 2);
  return shape.edge * shape.width + slope + EDGE_ROUGHNESS * Math.sin((2 * Math.PI * y) / 70 + phase);
}

/** The cubes nearest to a few points of a short line are missing. */
function holeMembers(shape: ArrayShape, cubes: readonly Cube[]): Set<Cube> {
  const members = new Set<Cube>();
  for (let i = 0; i < HOLE.points; i++) {
    const along = (i / (HOLE.points - 1) - 0.5) * HOLE.length;
    const x = HOLE.x * shape.width + along / 2;
    const y = HOLE.y * shape.height + HOLE.rise * along;
    const nearest = cubes.reduce((a, b) => (Math.hypot(a.x - x, a.y - y) <= Math.hypot(b.x - x, b.y - y) ? a : b));
    members.add(nearest);
  }
  return members;
}

/** Distance in nm from a point (x, y) to the outline of a cube, negative inside. */
export function outline(cube: Cube): (x: number, y: number) => number {
  const c = Math.cos(cube.angle);
  const s = Math.sin(cube.angle);
  return (x, y) => {
    const u = Math.abs(c * (x - cube.x) + s * (y - cube.y)) - cube.width / 2;
    const v = Math.abs(c * (y - cube.y) - s * (x - cube.x)) - cube.height / 2;
    if (u > 0 && v > 0) return Math.sqrt(u * u + v * v);
    return Math.max(u, v);
  };
}

const clamp = (x: number, low: number, high: number) => Math.min(high, Math.max(low, x));
