import { axisValues, type SpectrumImage } from "../data";
import type { Panel } from "./figure";
import { mapPanel } from "./map-panel";
import { extent, label } from "./numbers";
import { counted, intensityTitle } from "./words";

/** Shares of a map's values that may lie beyond the ends of its colours. */
const BEYOND = 0.01;

/** A map of a fit; a few pixels far from the others do not set its colours. */
export function fitMap(
  spectra: SpectrumImage,
  data: ArrayLike<number>,
  title: string,
  legend: string,
  letter: string,
): Panel {
  const sorted = Float64Array.from(data)
    .filter((v) => Number.isFinite(v))
    .sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  const domain: readonly [number, number] | undefined = sorted.length > 0 ? [at(BEYOND), at(1 - BEYOND)] : undefined;
  const usable = domain !== undefined && domain[0] < domain[1] ? domain : extent(data);
  const { y, x } = spectra.axes;
  return mapPanel({ letter, title, data, axes: { y, x }, colours: "viridis", domain: usable, legend, width: 170 });
}

/** What a narrow colour bar is called: the quantity where that is short, else "sum". */
export function shortTitle(metadata: Readonly<Record<string, unknown>>): string {
  const title = intensityTitle(metadata);
  return title.length > 10 ? "sum" : title;
}

/** Sum of the finite values above an energy, [pixels]; NaN where there is none. */
export function sumAbove({ data, shape, axes }: SpectrumImage, from: number): Float64Array {
  const energies = axisValues(axes.energy);
  const [rows, columns, channels] = shape;
  return Float64Array.from({ length: rows * columns }, (_, pixel) => {
    let sum = 0;
    let count = 0;
    for (let c = 0; c < channels; c++) {
      const value = data[pixel * channels + c];
      if (energies[c] <= from || !Number.isFinite(value)) continue;
      sum += value;
      count++;
    }
    return count > 0 ? sum : Number.NaN;
  });
}

/** "window 0.07 to 0.16 eV", and how many pixels failed or are doubtful. */
export function fitNotes(result: {
  readonly window: readonly (readonly [number, number])[];
  readonly failed: number;
  readonly suspect: number;
}): (string | undefined)[] {
  const windows = result.window.map(([from, to]) => `${label(from)} to ${label(to)}`).join(" and ");
  return [
    windows === "" ? undefined : `window ${windows} eV`,
    result.failed > 0 ? `${counted(result.failed, "pixel")} failed` : undefined,
    result.suspect > 0 ? `${counted(result.suspect, "pixel")} suspect` : undefined,
  ];
}
