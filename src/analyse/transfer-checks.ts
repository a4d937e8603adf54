import { SpecbookError } from "../core/errors";
import type { Axis, SampleScaling, Samples } from "../data";
import type { Model } from "../models";
import { sameAxis, words } from "./design-target";
import type { Fitted } from "./fitted";
import { sideOf } from "./sides";

type Side = "images" | "spectra";

/** Throws where a model cannot read the other data at all, and names what differs. */
export function checkTransfer(model: Model, { axes }: Fitted, other: Samples, sides: readonly Side[]): void {
  const { image, spectrum } = model.options as { image?: readonly number[]; spectrum?: number };
  for (const side of sides) {
    const sample = sideOf(other, side).shape.slice(1);
    const wanted = side === "images" ? image : spectrum === undefined ? undefined : [spectrum];
    if (wanted === undefined || (wanted.length === sample.length && wanted.every((n, i) => n === sample[i]))) continue;
    const what = side === "images" ? "windows" : "spectra";
    throw new SpecbookError("ShapeError", `the ${what} of the other data have another size than the model's`, {
      got: `${what} of ${sample.join(" x ")}`,
      needed: `${what} of ${wanted.join(" x ")}`,
      remedy:
        side === "images"
          ? `cut them with windows(image, spectra, { size: [${wanted[0]}, ${wanted[1]}] })`
          : `bin or crop the other data to the model's axis${axes.energy === undefined ? "" : `: ${words(axes.energy)}`}`,
    });
  }
  const energy = "energy" in other.axes ? other.axes.energy : undefined;
  if (!sides.includes("spectra") || energy === undefined || axes.energy === undefined) return;
  if (energy.units === axes.energy.units && overlap(energy, axes.energy) > 0) return;
  throw new SpecbookError("AxisError", "the energy axes of the two data sets do not meet", {
    got: words(energy),
    needed: `energies of ${words(axes.energy)}`,
    remedy: "calibrate the other data in the same units, and crop them to the same energies",
  });
}

/** How the scalings differ, in words. */
export function scalingDifferences({ scaling }: Fitted, other: Samples, sides: readonly Side[]): string[] {
  return sides.flatMap((side) => {
    const own = scaling[side];
    const its = (other.scaling as SampleScaling)[side];
    if (own === undefined || its === undefined) return [];
    if (own.offset === its.offset && own.range === its.range) return [];
    const say = ({ offset, range }: typeof own) => `${short(offset)} to ${short(offset + range)}`;
    return [
      `scaling of the ${side} differs: 0 to 1 stood for ${say(own)} in training, for ${say(its)} in the other data`,
    ];
  });
}

/** How energy axes and pixel sizes differ, in words. */
export function axisDifferences({ axes }: Fitted, other: Samples, sides: readonly Side[]): string[] {
  const found: string[] = [];
  const energy = "energy" in other.axes ? other.axes.energy : undefined;
  if (
    sides.includes("spectra") &&
    energy !== undefined &&
    axes.energy !== undefined &&
    !sameAxis(energy, axes.energy)
  ) {
    found.push(`energy axis differs: ${words(axes.energy)} in training, ${words(energy)} in the other data`);
  }
  if (!sides.includes("images")) return found;
  for (const name of ["y", "x"] as const) {
    const [own, its] = [axes[name], other.axes[name]];
    if (own.units === its.units && Math.abs(its.scale / own.scale - 1) <= 0.01) continue;
    const say = ({ scale, units }: Axis) => `${short(Math.abs(scale))} ${units}`;
    found.push(`pixel size along ${name} differs: ${say(own)} in training, ${say(its)} in the other data`);
  }
  return found;
}

/** Length that two axes have in common. */
function overlap(a: Axis, b: Axis): number {
  const ends = ({ offset, scale, size }: Axis) => [offset, offset + scale * (size - 1)];
  const [p, q] = [ends(a), ends(b)];
  return Math.min(Math.max(...p), Math.max(...q)) - Math.max(Math.min(...p), Math.min(...q));
}

const short = (value: number) => Number(value.toPrecision(4));
