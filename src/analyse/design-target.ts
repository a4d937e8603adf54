import { SpecbookError } from "../core/errors";
import { type Axis, axisValues } from "../data";

/** A spectrum to design for: values in the units of the data, alone or with their axis. */
export type DesignTarget = ArrayLike<number> | { readonly values: ArrayLike<number>; readonly energy: Axis };

/** The wanted spectrum on the model's axis; throws where it is on another one. */
export function designTarget(target: DesignTarget, energy: Axis): Float32Array {
  const values = "values" in target && "energy" in target ? target.values : (target as ArrayLike<number>);
  if ("energy" in target && !sameAxis(target.energy, energy)) {
    throw new SpecbookError("AxisError", "the wanted spectrum is on another energy axis than the model's", {
      got: words(target.energy),
      needed: words(energy),
      remedy: "draw it on the model's axis: drawSpectrum(model.axes.energy, peaks)",
    });
  }
  if (values.length !== energy.size || !Array.from(values).every(Number.isFinite)) {
    throw new SpecbookError("ShapeError", "the wanted spectrum does not fit the model", {
      got: `${values.length} values${values.length === energy.size ? ", not all of them numbers" : ""}`,
      needed: `${energy.size} finite values, one for each channel of ${words(energy)}`,
      remedy: "draw it on the model's axis: drawSpectrum(model.axes.energy, peaks)",
    });
  }
  return Float32Array.from(values);
}

/** 1 for the channels inside a range of energies, 0 for the others; throws where none is inside. */
export function channelWeights(energy: Axis, range?: readonly [number, number]): Float32Array {
  if (range === undefined) return new Float32Array(energy.size).fill(1);
  const [low, high] = range;
  const weights = Float32Array.from(axisValues(energy), (e) => Number(e >= low && e <= high));
  if (weights.includes(1)) return weights;
  throw new SpecbookError("OptionError", "the range holds no channel of the axis", {
    got: `range: [${low}, ${high}] ${energy.units}`,
    needed: `first and last energy on ${words(energy)}`,
    remedy: "leave range out for the whole spectrum",
  });
}

/** True where two axes put every channel at the same energy, within a tenth of a channel. */
export function sameAxis(a: Axis, b: Axis): boolean {
  const last = (axis: Axis) => axis.offset + axis.scale * (axis.size - 1);
  const near = Math.abs(0.1 * b.scale);
  return a.size === b.size && Math.abs(a.offset - b.offset) <= near && Math.abs(last(a) - last(b)) <= near;
}

/** "187 channels from 0.2 to 1.13 eV" */
export function words({ size, offset, scale, units }: Axis): string {
  const number = (v: number) => Number(v.toPrecision(5));
  return `${size} channels from ${number(offset)} to ${number(offset + scale * (size - 1))} ${units}`;
}
