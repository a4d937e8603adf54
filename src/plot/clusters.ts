import type { Clustering } from "../cluster/results";
import type { Image, SpectrumImage } from "../data";
import { axisValues } from "../data";
import { checkKind, checkSameScan } from "./check";
import { dotPanel } from "./dot-panel";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import { linePanel } from "./line-panel";
import { mapPanel, mapSize, scanPanel } from "./map-panel";
import { percent } from "./numbers";
import { imageName } from "./overview";
import type { IndexedPicture } from "./png-encoder";
import type { VegaLiteSpec } from "./spec";
import { accent, INK, MISSING, MOST_ACCENTS } from "./theme";
import { energyTitle, intensityTitle, shapeWords, source } from "./words";

/** Options of `plot.clusters`. */
export interface ClustersPlotOptions extends FigureOptions {
  /** Spectra of the same scan: the mean of each cluster is drawn beside the map. */
  readonly spectra?: SpectrumImage;
  /** An image of the same scan, drawn first. */
  readonly image?: Image;
}

const METHODS: Readonly<Record<Clustering["method"], string>> = {
  "k-means": "k-means",
  "gaussian-mixture": "Gaussian mixture",
  ward: "Ward's method",
  dbscan: "DBSCAN",
};

/**
 * Where the clusters lie in the scan, and their mean spectra in the same colours. Noise is black, pixels without a point
 * are grey. Points that lie in no scan are drawn as their numbers.
 *
 * @throws OptionError for another value than a clustering, ShapeError for spectra or an image of another scan
 * @example
 * plot.clusters(await kMeans(await pca(spectra, { components: 4 }), { clusters: 3 }), { spectra, image })
 */
export function clusters(result: Clustering, options: ClustersPlotOptions = {}): VegaLiteSpec {
  checkKind(
    "plot.clusters",
    result,
    ["clustering"],
    "plot.clusters(await kMeans(await pca(spectra), { clusters: 3 }))",
  );
  const { spectra, image } = options;
  const { map, score } = result;
  const letter = letters(options.letter);
  const isAlone = map !== undefined && spectra === undefined && image === undefined;
  // Three panels fit the width of a notebook in a window of 1280 pixels.
  const width = isAlone ? 300 : image === undefined ? 240 : 190;
  const panels: Panel[] = [];
  if (map !== undefined) {
    for (const [name, other] of [
      ["spectra", spectra],
      ["image", image],
    ] as const) {
      if (other !== undefined) checkSameScan("plot.clusters", other.shape, map.shape, [name, "clusters"]);
    }
    if (image !== undefined) {
      const { data, axes } = image;
      panels.push(mapPanel({ letter: letter(), title: imageName(image), data, axes, colours: "gray", width }));
    }
    panels.push(labelPanel(result, map, { letter: letter(), width, legend: spectra === undefined }));
  }
  if (map !== undefined && spectra !== undefined) panels.push(meansPanel(result, spectra, letter(), width));
  else panels.push(sizesPanel(result, letter()));
  const told = Object.entries(score).map(([name, value]) => `${WORDS[name] ?? name} ${Number(value.toPrecision(4))}`);
  const used = result.labels.reduce((sum, label) => sum + (label >= 0 ? 1 : 0), 0);
  const notes = [
    spectra === undefined ? undefined : source(spectra.metadata),
    map === undefined ? undefined : shapeWords(map.axes),
    `${used} points of ${result.names.length} numbers`,
    `${METHODS[result.method]}${"seed" in result.options ? `, seed ${result.options.seed}` : ""}`,
    told.join(", "),
    result.converged ? undefined : "not converged",
  ];
  return figure(options, `${result.clusters} ${result.clusters === 1 ? "cluster" : "clusters"}`, notes, [panels]);
}

const WORDS: Readonly<Record<string, string>> = {
  inertia: "sum of squares",
  explained: "explained share",
  logLikelihood: "log-likelihood",
  bic: "BIC",
  aic: "AIC",
  gap: "gap to the next join",
  height: "height of the last join",
  noise: "share of noise",
};

/** The map of the labels in the colours of the clusters. */
function labelPanel(
  { clusters: count }: Clustering,
  map: Image,
  options: { letter: string; width: number; legend: boolean },
): Panel {
  const names = Array.from({ length: count }, (_, i) => `cluster ${i + 1}`);
  const legend = {
    data: { values: names.map((name) => ({ n: name })) },
    mark: { type: "point", filled: true, opacity: 0, tooltip: null },
    encoding: {
      color: {
        field: "n",
        type: "nominal",
        scale: { domain: names, range: names.map((_, i) => accent(i)) },
        legend: options.legend ? { title: null, symbolType: "square", symbolOpacity: 1, symbolSize: 90 } : null,
      },
    },
  };
  const { letter, width } = options;
  return scanPanel({
    letter,
    title: "Clusters",
    axes: map.axes,
    width,
    picture: labelPicture(map, count),
    over: [legend],
  });
}

/** Index 0 is noise, then the clusters, then pixels without a point. */
function labelPicture({ data, shape }: Image, count: number): IndexedPicture {
  const [height, width] = shape;
  const shown = Math.min(count, MOST_ACCENTS); // a palette has room for 256 colours, DBSCAN can find more clusters
  const colours = [INK, ...Array.from({ length: shown }, (_, i) => accent(i)), MISSING];
  const index = (label: number) => (label > 0 ? 1 + ((label - 1) % MOST_ACCENTS) : 0);
  return {
    width,
    height,
    pixels: Uint8Array.from(data, (value) => (Number.isFinite(value) ? index(value) : shown + 1)),
    palette: Uint8Array.from(colours.flatMap((colour) => [...Buffer.from(colour.slice(1), "hex")])),
  };
}

function meansPanel(result: Clustering, spectra: SpectrumImage, letter: string, width: number): Panel {
  const { map, clusters: count } = result;
  const channels = spectra.shape[2];
  const sums = Array.from({ length: count }, () => new Float64Array(channels));
  const sizes = new Float64Array(count);
  for (const [pixel, value] of (map?.data ?? []).entries()) {
    if (!(value >= 1)) continue;
    sizes[value - 1]++;
    for (let c = 0; c < channels; c++) sums[value - 1][c] += spectra.data[pixel * channels + c];
  }
  return linePanel({
    letter,
    title: "Mean spectra of the clusters",
    x: axisValues(spectra.axes.energy),
    xTitle: energyTitle(spectra.axes.energy),
    yTitle: intensityTitle(spectra.metadata),
    curves: sums.map((sum, i) => ({ name: `cluster ${i + 1} (${sizes[i]})`, values: sum.map((v) => v / sizes[i]) })),
    width: width < 240 ? 220 : 320,
    height: Math.max(160, mapSize(spectra.axes, width).height),
  });
}

function sizesPanel({ sizes, clusters: count }: Clustering, letter: string): Panel {
  const total = sizes.reduce((a, b) => a + b, 0);
  const names = Array.from(sizes, (_, i) => `cluster ${i + 1}`);
  return dotPanel({
    letter,
    title: "Points",
    rows: Array.from(sizes, (size, i) => ({
      name: names[i],
      value: size,
      label: `${size} (${percent(size / total)})`,
      group: names[i],
    })),
    xTitle: "Points",
    colours: Object.fromEntries(names.map((name, i) => [name, accent(i)])),
    width: count > 0 ? 220 : 100,
    legend: false,
  });
}
