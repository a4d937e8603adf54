import { type Axis, axisValues, type FloatArray } from "../data";
import type { ColourMapName } from "./colour-maps";
import type { Panel } from "./figure";
import { linePanel } from "./line-panel";
import { mapPanel, mapSize, type ScanAxes } from "./map-panel";
import { accent } from "./theme";
import { energyTitle } from "./words";

/** Maps and spectra that belong together, component by component. */
export interface Factors {
  /** [components, rows, columns] */
  readonly maps: FloatArray;
  /** [components, channels] */
  readonly spectra: FloatArray;
  readonly axes: ScanAxes & { readonly energy: Axis };
  readonly mapTitle: (component: number) => string;
  readonly spectrumTitle: (component: number) => string;
  readonly colours: ColourMapName;
  readonly domain: readonly [number, number];
  readonly legend: string;
  readonly yTitle: string;
  /** Number of components to draw, and how many stand in a row. */
  readonly show: number;
  readonly columns: number;
  readonly letter: () => string;
  readonly width: number;
}

/** Rows of maps, each above the row of its spectra; letters run along the maps of a row, then along its spectra. */
export function factorPanels(factors: Factors): Panel[] {
  const { show, columns } = factors;
  const panels: Panel[] = [];
  for (let first = 0; first < show; first += columns) {
    const row = Array.from({ length: Math.min(columns, show - first) }, (_, i) => first + i);
    panels.push(...row.map((k, i) => mapOf(factors, k, i === row.length - 1)));
    // An unfinished row would be filled up with the spectra of the next kind.
    if (row.length < columns && show > columns) panels.push(...blanks(columns - row.length, factors));
    panels.push(...row.map((k, i) => spectrumOf(factors, k, i === 0)));
  }
  return panels;
}

/** Values of one component. */
export function component(array: FloatArray, k: number): Float32Array {
  const size = array.data.length / array.shape[0];
  return array.data.subarray(k * size, (k + 1) * size);
}

function mapOf(factors: Factors, k: number, last: boolean): Panel {
  const { maps, axes, colours, domain, legend, width, letter, mapTitle } = factors;
  return mapPanel({
    letter: letter(),
    title: mapTitle(k),
    data: component(maps, k),
    axes,
    colours,
    domain,
    width,
    legend: last ? legend : undefined,
  });
}

function spectrumOf(factors: Factors, k: number, first: boolean): Panel {
  const { spectra, axes, width, letter, spectrumTitle, yTitle } = factors;
  return linePanel({
    letter: letter(),
    title: spectrumTitle(k),
    x: axisValues(axes.energy),
    xTitle: energyTitle(axes.energy),
    yTitle: first ? yTitle : undefined,
    curves: [{ name: spectrumTitle(k), values: component(spectra, k), colour: accent(k) }],
    width: mapSize(axes, width).width,
    height: 96,
    filled: true,
  });
}

function blanks(count: number, { axes, width }: Factors): Panel[] {
  return Array.from({ length: count }, () => ({
    ...mapSize(axes, width),
    mark: { type: "point", opacity: 0 },
    encoding: {},
  }));
}
