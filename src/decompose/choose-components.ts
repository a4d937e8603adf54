import { SpecbookError } from "../core/errors";
import { type Axis, axisValues, type Image } from "../data";
import { checkDecomposition, componentSpectra, type Decomposition } from "./decomposition";
import { mapImages } from "./map-images";

/** Options of {@link chooseComponents}. */
export interface ChooseOptions {
  /** How many to keep. Default 9. */
  readonly count?: number;
  /** Components whose spectrum is highest at or below this energy are left out, in units of the axis. Default: none. */
  readonly above?: number;
  /** Components with less than this share of the largest one's sum of squares are left out. Default 0.002. */
  readonly share?: number;
}

/** What decided about one component. */
export interface ChosenComponent {
  /** Its place in the decomposition, from 0. */
  readonly component: number;
  /** Where its spectrum is highest, in units of the energy axis. */
  readonly energy: number;
  /** Sum of squares of its part of the data, over that of the largest component. */
  readonly share: number;
  /** Correlation between neighbouring pixels of its map: 1 smooth, 0 noise. */
  readonly smoothness: number;
  readonly map: Image;
  readonly spectrum: Float32Array;
}

/** The components of a decomposition that a rule kept. */
export interface ComponentChoice {
  readonly kind: "component-choice";
  /** Those kept, in the order of the decomposition. */
  readonly chosen: readonly ChosenComponent[];
  /** Components there were to choose from. */
  readonly of: number;
  readonly energy: Axis;
  readonly options: Readonly<Required<ChooseOptions>>;
  readonly metadata: Decomposition["metadata"];
}

/**
 * Keeps the components of a decomposition that look like something: highest above an energy, strong enough, and of these
 * the ones whose maps are smoothest. A rule in place of the choice by eye, which two people make differently; components that
 * share one feature among them, or that follow noise, have maps in which neighbours do not agree.
 *
 * @throws OptionError for another value than the result of a decomposition, or where no component fits
 * @example
 * const kept = chooseComponents(await nmf(spectra, { components: 30 }), { count: 9, above: 0.2 });
 * plot.componentChoice(kept)
 */
export function chooseComponents(result: Decomposition, options: ChooseOptions = {}): ComponentChoice {
  checkDecomposition("chooseComponents", result);
  const { count = 9, above = Number.NEGATIVE_INFINITY, share = 0.002 } = options;
  const [of] = result.maps.shape;
  checkRange("count", count, 1, of, true);
  checkRange("share", share, 0, 1);
  if (Number.isNaN(above) || typeof above !== "number") throw refused("above", above, "an energy");
  const all = described(result);
  const fitting = all.filter((one) => one.energy > above && one.share >= share);
  if (fitting.length === 0) {
    const energies = all.map(({ energy }) => energy);
    throw new SpecbookError("OptionError", "chooseComponents keeps no component", {
      got: `above: ${above}, share: ${share}; spectra highest from ${Math.min(...energies)} to ${Math.max(...energies)}`,
      needed: "limits that some component meets",
      remedy: "lower above or share",
    });
  }
  const kept = [...fitting].sort((a, b) => b.smoothness - a.smoothness).slice(0, count);
  return Object.freeze({
    kind: "component-choice",
    chosen: Object.freeze(kept.sort((a, b) => a.component - b.component)),
    of,
    energy: result.axes.energy,
    options: Object.freeze({ count, above, share }),
    metadata: result.metadata,
  });
}

function described(result: Decomposition): ChosenComponent[] {
  const { data, shape } = componentSpectra(result);
  const energies = axisValues(result.axes.energy);
  const squares = (values: Float32Array) => values.reduce((sum, v) => sum + (Number.isFinite(v) ? v * v : 0), 0);
  const all = mapImages(result).map((map, component) => {
    const spectrum = data.slice(component * shape[1], (component + 1) * shape[1]);
    const top = spectrum.reduce((best, v, i) => (v > spectrum[best] || Number.isNaN(spectrum[best]) ? i : best), 0);
    return {
      component,
      energy: energies[top],
      share: squares(spectrum) * squares(map.data),
      smoothness: smoothness(map),
      map,
      spectrum,
    };
  });
  const largest = Math.max(...all.map((one) => one.share)) || 1;
  return all.map((one) => Object.freeze({ ...one, share: one.share / largest }));
}

/** Correlation of neighbouring pixels, along rows and columns together; 0 for a map without variation. */
function smoothness({ data, shape: [rows, columns] }: Image): number {
  let [n, x, y, xx, yy, xy] = [0, 0, 0, 0, 0, 0];
  const add = (a: number, b: number) => {
    if (!Number.isFinite(a) || !Number.isFinite(b)) return;
    n++;
    x += a;
    y += b;
    xx += a * a;
    yy += b * b;
    xy += a * b;
  };
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const at = r * columns + c;
      if (c + 1 < columns) add(data[at], data[at + 1]);
      if (r + 1 < rows) add(data[at], data[at + columns]);
    }
  }
  const spread = Math.sqrt((n * xx - x * x) * (n * yy - y * y));
  return spread > 0 ? (n * xy - x * y) / spread : 0;
}

function checkRange(option: keyof ChooseOptions, value: number, low: number, high: number, whole = false): void {
  if (value >= low && value <= high && (!whole || Number.isInteger(value))) return;
  throw refused(option, value, `a ${whole ? "whole " : ""}number from ${low} to ${high}`);
}

function refused(option: keyof ChooseOptions, value: unknown, needed: string): SpecbookError {
  return new SpecbookError("OptionError", `chooseComponents cannot use this ${option}`, {
    got: `${option}: ${String(value)}`,
    needed,
    remedy: `leave ${option} out for its default`,
  });
}
