import type { SampleScaling } from "../data";

/** A side of two sets of samples in which the same number stands for different values of the data. */
export interface DifferentScaling {
  readonly side: "images" | "spectra";
  /** In words. */
  readonly own: string;
  readonly other: string;
}

/** The first side that both sets have and that is scaled differently; undefined where there is none. @internal */
export function differentScaling(own: SampleScaling, other: SampleScaling): DifferentScaling | undefined {
  for (const side of ["images", "spectra"] as const) {
    const [one, two] = [own[side], other[side]];
    if (one === undefined || two === undefined) continue;
    if (one.offset === two.offset && one.range === two.range) continue;
    const say = ({ offset, range }: typeof one) => `offset ${offset}, range ${range}`;
    return { side, own: say(one), other: say(two) };
  }
  return undefined;
}
