import { axisValues, type Image } from "../data";
import type { ComponentChoice } from "../decompose/choose-components";
import type { PcaResult } from "../decompose/results";
import type { ScreeResult } from "../decompose/scree";
import { checkCount, checkKind } from "./check";
import { countPanel } from "./count-panel";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import { linePanel } from "./line-panel";
import { mapPanel } from "./map-panel";
import { extent, label } from "./numbers";
import { imageName } from "./overview";
import type { VegaLiteSpec } from "./spec";
import { accent, INK } from "./theme";
import { energyTitle, shapeWords, source } from "./words";

/** Options of `plot.componentChoice`. */
export interface ComponentChoiceOptions extends FigureOptions {
  /** An image to draw first, such as the HAADF image of a field that holds the scan. */
  readonly image?: Image;
  /** The scan in this image, [first, last + 1] in its pixels: a red frame. */
  readonly box?: { readonly rows: readonly [number, number]; readonly columns: readonly [number, number] };
  /** Explained variances, drawn beside the spectra. */
  readonly scree?: PcaResult | ScreeResult;
  /** What each component is called. Default "1", "2", ... */
  readonly names?: readonly string[];
  /** Maps in a row. Default 5. */
  readonly columns?: number;
}

const FRAME = "#d6281f";
/** Points of the scree plot. */
const VARIANCES = 30;

/**
 * The components that a rule kept: the spectra one above the other, and the maps, each from 0 to its largest value; with the
 * image of the field and the explained variances where they are given (Roccapriore et al., invariant features, Fig. 1).
 *
 * @throws OptionError for another value than the result of `chooseComponents`
 * @example
 * plot.componentChoice(chooseComponents(parts, { count: 9 }), { image, scree: await pca(spectra) })
 */
export function componentChoice(choice: ComponentChoice, options: ComponentChoiceOptions = {}): VegaLiteSpec {
  checkKind("plot.componentChoice", choice, ["component-choice"], "plot.componentChoice(chooseComponents(parts))");
  const { chosen, of, energy, metadata } = choice;
  const { image, scree, columns = 5 } = options;
  checkCount("plot.componentChoice", "columns", columns, 1, 100);
  const names = chosen.map((_, i) => options.names?.[i] ?? `${i + 1}`);
  const letter = letters(options.letter);
  const top: Panel[] = [];
  if (image !== undefined) top.push(fieldPanel(image, options, letter()));
  top.push(stackedPanel(choice, names, letter()));
  if (scree !== undefined) top.push(screePanel(scree, letter()));
  const highest = Math.max(...chosen.map(({ energy: peak }) => Math.abs(peak)));
  const digits = highest < 10 ? 2 : highest < 100 ? 1 : 0;
  const maps = chosen.map(({ map, energy: peak }, i) => {
    const [low, high] = extent(map.data) ?? [0, 1];
    const last = i % columns === columns - 1 || i === chosen.length - 1;
    return mapPanel({
      letter: i === 0 ? letter() : undefined,
      title: `${names[i]}:  ${peak.toFixed(digits)} ${energy.units}`,
      data: map.data.map((value) => (value - low) / (high - low || 1)),
      axes: map.axes,
      colours: "inferno",
      domain: [0, 1],
      width: 515 / columns,
      legend: last ? "each 0 to 1" : undefined,
    });
  });
  const { above, share } = choice.options;
  const rule = [
    Number.isFinite(above) ? `highest above ${label(above)} ${energy.units}` : "",
    `${label(100 * share)} % of the strongest or more`,
    "smoothest maps",
  ].filter((text) => text !== "");
  const notes = [
    source(metadata),
    shapeWords({ ...chosen[0].map.axes, energy }),
    `${chosen.length} of ${of} components kept: ${rule.join(", ")}`,
  ];
  return figure(options, "Components of the spectra", notes, [top, maps], columns, 40);
}

function fieldPanel(image: Image, { box }: ComponentChoiceOptions, letter: string): Panel {
  return mapPanel({
    letter,
    title: imageName(image),
    data: image.data,
    axes: image.axes,
    colours: "gray",
    width: 200,
    ...(box === undefined ? {} : { boxes: [{ name: "", colour: FRAME, ...box }] }),
  });
}

/** Each spectrum from 0 to 1, one above the other, with its name at the right. */
function stackedPanel({ chosen, energy }: ComponentChoice, names: readonly string[], letter: string): Panel {
  const step = 0.55;
  const [width, height] = [220, Math.max(170, 26 * chosen.length)];
  const highest = step * (chosen.length - 1) + 1.08;
  const curves = chosen.map(({ spectrum }, i) => {
    const [, high] = extent(spectrum) ?? [0, 1];
    return { name: names[i], values: spectrum.map((v) => v / (high || 1) + step * i), colour: accent(i) };
  });
  const panel = linePanel({
    letter,
    title: "Endmembers",
    x: axisValues(energy),
    xTitle: energyTitle(energy),
    yTitle: "Intensity (each to 1, shifted)",
    curves,
    width,
    height,
    legend: "none",
    domain: [0, highest],
  });
  const texts = names.map((text, i) => ({
    encoding: {},
    mark: {
      type: "text",
      text,
      x: width + 4,
      y: height * (1 - (step * i + 0.1) / highest),
      align: "left",
      fontSize: 11,
      fontWeight: "bold",
      color: i < 8 ? accent(i) : INK,
    },
  }));
  return { ...panel, layer: [...(panel.layer as readonly unknown[]), ...texts] };
}

function screePanel(result: PcaResult | ScreeResult, letter: string): Panel {
  const ratio = result.kind === "scree" ? result.ratio : result.explainedVarianceRatio;
  const positive = Array.from(ratio).findIndex((share) => !(share > 0));
  const count = Math.min(VARIANCES, positive < 0 ? ratio.length : positive);
  return countPanel({
    letter,
    title: "Scree plot of PCA",
    x: Array.from({ length: count }, (_, i) => i + 1),
    y: Array.from(ratio.subarray(0, count), (share) => 100 * share),
    xTitle: "Component",
    yTitle: "Explained variance (%)",
    logarithmic: true,
    width: 180,
    height: 170,
  });
}
