import { SpecbookError } from "../core/errors";
import type { Axis, Samples } from "../data";
import type { Posterior } from "../models";
import { checkSameCount, onScan } from "./on-scan";
import type { AngleMap, ShiftMap } from "./results";

/** Options of `angleMap`. */
export interface AngleMapOptions {
  /** How often the objects look the same in one turn: 1, the default, for any; 2 for rods, 6 for hexagons. */
  readonly symmetry?: number;
}

/**
 * The in-plane angle that a model with rotation (rVAE, jrVAE, dual VAE) gives each sample, as a map in radians. Angles
 * are counted counter-clockwise; those that symmetry makes alike are one.
 *
 * @param posterior of the samples: posterior(model, samples)
 * @throws OptionError for a posterior without angle, ShapeError for one of other samples
 * @example
 * plot.angleMap(angleMap(await posterior(model, windows), windows))
 */
export function angleMap(posterior: Posterior, samples: Samples, options: AngleMapOptions = {}): AngleMap {
  const { symmetry = 1 } = options;
  const { angle, angleDeviation } = posterior;
  if (angle === undefined || angleDeviation === undefined) throw missing("angle", "rotation, such as rvae");
  checkSameCount(angle.length, samples);
  checkSymmetry(symmetry);
  const wrapped = Float32Array.from(angle, (value) => wrap(value, symmetry));
  let [sine, cosine] = [0, 0];
  for (const value of wrapped) {
    sine += Math.sin(symmetry * value) / wrapped.length;
    cosine += Math.cos(symmetry * value) / wrapped.length;
  }
  return Object.freeze({
    kind: "angle-map",
    map: onScan(wrapped, samples, "Angle", "angleMap"),
    deviation: onScan(angleDeviation, samples, "Spread of the angle", "angleMap"),
    symmetry,
    mean: Math.atan2(sine, cosine) / symmetry,
    alignment: Math.hypot(sine, cosine),
  });
}

/** The angle in (-pi / symmetry, pi / symmetry] that is the same direction. */
function wrap(angle: number, symmetry: number): number {
  const period = (2 * Math.PI) / symmetry;
  const rest = angle - period * Math.floor(angle / period); // [0, period)
  return rest > period / 2 ? rest - period : rest;
}

/**
 * How far a model with shift finds the content of each sample moved: image windows in units of the scan's axes (down and
 * to the right), spectra in units of their energy axis (towards later channels).
 *
 * @param posterior of the samples: posterior(model, samples)
 * @throws OptionError for a posterior without shift, ShapeError for one of other samples
 * @example
 * plot.shiftMap(shiftMap(await posterior(model, windows), windows))
 */
export function shiftMap(posterior: Posterior, samples: Samples): ShiftMap {
  const { shift } = posterior;
  if (shift === undefined) throw missing("shift", "shift, such as rvae({ image, shift: true })");
  const [count, size] = shift.shape;
  checkSameCount(count, samples);
  const sides = sidesOf(samples, size);
  const components = sides.map(({ name, half, axis }, j) => {
    const step = half * Math.abs(axis.scale);
    const values = Float32Array.from({ length: count }, (_, i) => shift.data[i * size + j] * step);
    return onScan(values, samples, `Shift along ${name}`, "shiftMap");
  });
  return Object.freeze({
    kind: "shift-map",
    components: Object.freeze(components),
    names: Object.freeze(sides.map(({ name }) => name)),
    units: sides[0].axis.units,
  });
}

interface Side {
  readonly name: string;
  /** Half the way from the first to the last pixel or channel: what a shift of 1 moves by. */
  readonly half: number;
  readonly axis: Axis;
}

function sidesOf(samples: Samples, size: number): Side[] {
  if (size === 2 && "images" in samples) {
    const [, height, width] = samples.images.shape;
    const { y, x } = samples.axes;
    return [
      { name: "rows", half: (height - 1) / 2, axis: y },
      { name: "columns", half: (width - 1) / 2, axis: x },
    ];
  }
  if (size === 1 && "spectra" in samples) {
    const { energy } = samples.axes;
    return [{ name: energy.name, half: (energy.size - 1) / 2, axis: energy }];
  }
  throw new SpecbookError("ShapeError", "the shifts are not those of these samples", {
    got: `shifts along ${size === 1 ? "one side" : `${size} sides`}, and samples of kind ${samples.kind}`,
    needed: "shifts along two sides for images, along one for spectra",
    remedy: "give the samples that posterior(model, samples) was asked for",
  });
}

function missing(part: "angle" | "shift", wanted: string): SpecbookError {
  return new SpecbookError("OptionError", `this posterior has no ${part}`, {
    got: `the posterior of a model without ${part}`,
    needed: `a model with ${wanted}`,
    remedy: `train such a model, then ${part}Map(await posterior(model, samples), samples)`,
  });
}

function checkSymmetry(symmetry: number): void {
  if (Number.isInteger(symmetry) && symmetry >= 1) return;
  throw new SpecbookError("OptionError", "an object cannot have this symmetry", {
    got: `symmetry: ${symmetry}`,
    needed: "a whole number of at least 1: how often it looks the same in one turn",
    remedy: "leave it out for 1",
  });
}
