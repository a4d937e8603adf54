import { positiveOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { type Axis, axisValues, type SpectrumImage } from "../data";
import { type Region, type RegionSpectrum, regionSpectrum } from "../signal";
import { checkKind } from "./check";
import type { Curve } from "./curve-data";
import { type Feature, featureGuides } from "./features";
import { type FigureOptions, figure, type Panel } from "./figure";
import { linePanel } from "./line-panel";
import type { VegaLiteSpec } from "./spec";
import { accent } from "./theme";
import { ARBITRARY_INTENSITY, energyTitle, intensityTitle, shapeWords, source } from "./words";

/** A region with the name that the figure gives it. */
export type NamedRegion = Region & { readonly name: string };

/** One spectrum with its energies. */
export interface NamedSpectrum {
  readonly name: string;
  readonly values: ArrayLike<number>;
  readonly energy: Axis;
}

/** Options of `plot.spectra`. */
export interface SpectraOptions extends FigureOptions {
  /** Regions to average over; default: the mean of the whole scan with a band of one standard deviation. */
  readonly regions?: readonly NamedRegion[];
  /** Energies to mark; default: the three plasmon features where the axis lies within 0 to 2 eV. [] for none. */
  readonly features?: readonly Feature[];
  /** Width of the panel in pixels, default 520. */
  readonly width?: number;
}

/**
 * Spectra over energy: the mean spectra of regions of a spectrum image, or spectra given one by one.
 *
 * @throws OptionError for other values, ShapeError for regions outside the scan
 * @example
 * plot.spectra(spectra, { regions: [{ name: "hole", rows: [30, 33], columns: [25, 28] }] })
 */
export function spectra(value: SpectrumImage | readonly NamedSpectrum[], options: SpectraOptions = {}): VegaLiteSpec {
  const { width = 520, features } = options;
  positiveOption("plot.spectra", "width", width);
  if (Array.isArray(value)) {
    const list: readonly NamedSpectrum[] = value;
    checkSpectra(list);
    const curves = list.map(({ name, values }) => ({ name, values }));
    const panel = curvesPanel(list[0].energy, curves, { title: "Spectra", width, features });
    return figure(options, "Spectra", [], [[panel]]);
  }
  const cube = value as SpectrumImage;
  checkKind("plot.spectra", cube, ["spectrum-image"], "give the spectrum image, or a list of { name, values, energy }");
  const panel = regionPanel(cube, { ...options, width });
  return figure(options, "Mean spectra", [source(cube.metadata), shapeWords(cube.axes)], [[panel]]);
}

/** Mean spectra of regions, or of the whole scan with its spread. */
export function regionPanel(
  cube: SpectrumImage,
  options: {
    regions?: readonly NamedRegion[];
    features?: readonly Feature[];
    width: number;
    height?: number;
    letter?: string;
  },
): Panel {
  const { regions = [], ...rest } = options;
  const yTitle = intensityTitle(cube.metadata);
  if (regions.length > 0) {
    const curves = regions.map((region) => ({ name: region.name, values: regionSpectrum(cube, region).mean }));
    return curvesPanel(cube.axes.energy, curves, { ...rest, yTitle, title: "Mean spectra of the regions" });
  }
  const whole = regionSpectrum(cube, {});
  const curves = [{ name: "mean", values: whole.mean }];
  return curvesPanel(cube.axes.energy, curves, {
    ...rest,
    yTitle,
    title: "Mean spectrum ± standard deviation",
    band: bandOf(whole),
  });
}

function bandOf({ mean, deviation }: RegionSpectrum): { low: Float32Array; high: Float32Array; colour: string } {
  return { low: mean.map((m, i) => m - deviation[i]), high: mean.map((m, i) => m + deviation[i]), colour: accent(0) };
}

function curvesPanel(
  energy: Axis,
  curves: readonly Curve[],
  options: {
    title: string;
    width: number;
    height?: number;
    letter?: string;
    yTitle?: string;
    features?: readonly Feature[];
    band?: { low: Float32Array; high: Float32Array; colour: string };
  },
): Panel {
  const { features, height = 240, ...rest } = options;
  return linePanel({
    yTitle: ARBITRARY_INTENSITY,
    ...rest,
    height,
    x: axisValues(energy),
    xTitle: energyTitle(energy),
    curves,
    guides: featureGuides(energy, features),
  });
}

function checkSpectra(list: readonly NamedSpectrum[]): void {
  if (list.length === 0) {
    throw new SpecbookError("OptionError", "plot.spectra has nothing to draw", {
      got: "an empty list",
      needed: "at least one spectrum",
      remedy: "give a spectrum image, or a list of { name, values, energy }",
    });
  }
  for (const { name, values, energy } of list) {
    if (values?.length === energy?.size && energy.size === list[0].energy.size) continue;
    throw new SpecbookError("ShapeError", `spectrum "${name}" does not fit its energy axis`, {
      got: `${values?.length} values, ${energy?.size} energies`,
      needed: `${list[0].energy?.size} of both, as in the first spectrum`,
      remedy: "draw spectra of different length in two charts, or crop them to one axis",
    });
  }
}
