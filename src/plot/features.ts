import type { Axis } from "../data";
import type { Guide } from "./guides";

/** An energy to mark in spectra: a number in the units of the axis, or one with a name. */
export type Feature = number | { readonly energy: number; readonly label: string };

/** The three features of the plasmonic nanoparticle array (doi:10.48550/arXiv.2009.09005), in eV. */
const PLASMONS: readonly Feature[] = [0.5, 0.75, 0.9];

/** Guide lines of the features that lie on the axis. Without a choice: the three plasmon features on axes within 0 to 2 eV. */
export function featureGuides(energy: Axis, features?: readonly Feature[]): Guide[] {
  const ends = [energy.offset, energy.offset + energy.scale * (energy.size - 1)];
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const plasmonic = energy.units === "eV" && low > 0 && high < 2; // not beside a zero-loss peak
  const inside = (features ?? (plasmonic ? PLASMONS : [])).filter((f) => at(f) >= low && at(f) <= high);
  return inside.map((feature, i) => ({ x: at(feature), text: name(feature, i === inside.length - 1, energy.units) }));
}

const at = (feature: Feature) => (typeof feature === "number" ? feature : feature.energy);

function name(feature: Feature, last: boolean, units: string): string {
  if (typeof feature !== "number") return feature.label;
  const given = String(feature).split(".")[1]?.length ?? 0;
  return feature.toFixed(Math.abs(feature) < 10 ? Math.max(2, given) : given) + (last ? ` ${units}` : "");
}
