import { SpecbookError } from "../core/errors";
import { addHistory, type Labelled, type Labels, type Samples } from "../data";
import { mirrored } from "./cut-windows";
import { nounOf } from "./noun";

/**
 * Where labels come from. A list of the samples' own classes, a map of the whole scan, or one mask of the scan for each
 * class, such as the regions that a simulation knows.
 */
export type LabelSource =
  | {
      /** Names of the classes. */
      readonly classes: readonly string[];
      /** The place in `classes` of each sample, or of each pixel of each window, row by row. */
      readonly values: ArrayLike<number>;
    }
  | {
      readonly classes: readonly string[];
      /** The place in `classes` of each scan pixel, row by row. */
      readonly map: ArrayLike<number>;
      /** A class for each pixel of a window, or for its centre. Default "pixels" for windows, "samples" for others. */
      readonly of?: "samples" | "pixels";
    }
  | {
      /** For each class the scan pixels that belong to it, row by row: 1 there, 0 elsewhere. */
      readonly masks: Readonly<Record<string, ArrayLike<number>>>;
      readonly of?: "samples" | "pixels";
    };

/**
 * Samples with the classes that they show, for `classifier` and `segmenter`. `split` and `select` keep them.
 *
 * @throws ShapeError where the numbers of labels do not fit; DataError for labels that are no class, and for masks that
 * overlap or leave a pixel of the scan out
 * @example
 * const { image, spectra, truth } = await nanoparticleArray({ seed: 1 });
 * const labels = labelled(pixelSpectra(spectra), { masks: truth.regions });          // one class for each spectrum
 * const masks = labelled(imageWindows(image, { size: 16 }), { masks: truth.regions }); // one for each pixel
 */
export function labelled<S extends Samples>(samples: S, source: LabelSource): Labelled<S> {
  const labels = checkLabels(
    "values" in source ? ownLabels(samples, source) : scanLabels(samples, source),
    nounOf(samples),
  );
  const history = addHistory(samples.history, "labelled", { classes: labels.classes });
  const result: S & { labels: Labels } = Object.assign({}, samples, { labels, history });
  return Object.freeze(result);
}

/** Labels before they are known to be whole numbers. */
interface Draft {
  readonly classes: readonly string[];
  readonly values: ArrayLike<number>;
  readonly shape: readonly number[];
}

function ownLabels(samples: Samples, { classes, values }: Extract<LabelSource, { values: unknown }>): Draft {
  const n = samples.positions.length / 2;
  const window = "images" in samples ? samples.images.shape.slice(1, 3) : [];
  const pixels = window.reduce((a, b) => a * b, 1);
  if (values.length !== n && values.length !== n * pixels) {
    throw new SpecbookError("ShapeError", `these labels do not belong to the ${nounOf(samples)}`, {
      got: `${values.length} labels for ${n} ${nounOf(samples)}`,
      needed: `${n}${pixels > 1 ? `, or ${n * pixels} for one label per pixel` : ""}`,
      remedy: "label the samples before they are split or selected: split and select keep the labels",
    });
  }
  return { classes, values, shape: values.length === n ? [n] : [n, ...window] };
}

function scanLabels(samples: Samples, source: Exclude<LabelSource, { values: unknown }>): Draft {
  const { classes, map } = "map" in source ? source : mapOf(source.masks, samples.scan);
  const [rows, columns] = samples.scan;
  if (map.length !== rows * columns) {
    throw new SpecbookError("ShapeError", "this map of classes has another size than the scan", {
      got: `${map.length} pixels`,
      needed: `${rows} x ${columns} = ${rows * columns}`,
      remedy: `give the classes of the scan that the ${nounOf(samples)} were cut from`,
    });
  }
  const perPixel = (source.of ?? (samples.kind === "image-windows" ? "pixels" : "samples")) === "pixels";
  if (perPixel && !("images" in samples)) {
    throw new SpecbookError("OptionError", "spectra have no pixels to label", {
      got: 'of: "pixels" with samples of spectra alone',
      needed: "image windows or pairs",
      remedy: 'leave of out, or set of: "samples"',
    });
  }
  const [height, width] = perPixel && "images" in samples ? samples.images.shape.slice(1, 3) : [1, 1];
  const n = samples.positions.length / 2;
  const values = new Float64Array(n * height * width);
  let to = 0;
  for (let i = 0; i < n; i++) {
    const top = samples.positions[2 * i] - Math.floor(height / 2);
    const left = samples.positions[2 * i + 1] - Math.floor(width / 2);
    for (let row = top; row < top + height; row++) {
      // A window beyond the border of the scan has the classes of its mirror image there.
      const from = mirrored(row, rows) * columns;
      for (let column = left; column < left + width; column++) values[to++] = map[from + mirrored(column, columns)];
    }
  }
  return { classes, values, shape: perPixel ? [n, height, width] : [n] };
}

/** The map of classes that masks say; each pixel must be in one of them. */
function mapOf(masks: Readonly<Record<string, ArrayLike<number>>>, scan: readonly [number, number]) {
  const classes = Object.keys(masks);
  const map = new Int32Array(scan[0] * scan[1]).fill(-1);
  for (const [k, name] of classes.entries()) {
    const mask = masks[name];
    if (mask.length !== map.length) {
      throw new SpecbookError("ShapeError", `the mask "${name}" has another size than the scan`, {
        got: `${mask.length} pixels`,
        needed: `${scan[0]} x ${scan[1]} = ${map.length}`,
        remedy: "give the masks of the scan that the samples were cut from",
      });
    }
    for (let i = 0; i < map.length; i++) {
      if (mask[i] === 0) continue;
      if (map[i] >= 0) throw notOne(`pixel ${i} in "${classes[map[i]]}" and in "${name}"`);
      map[i] = k;
    }
  }
  const missing = map.indexOf(-1);
  if (missing >= 0) throw notOne(`pixel ${missing} in none of ${classes.join(", ")}`);
  return { classes, map };
}

function notOne(got: string): SpecbookError {
  return new SpecbookError("DataError", "the masks do not say one class for each pixel", {
    got,
    needed: "each pixel of the scan in exactly one mask",
    remedy: 'add a mask for what is left, e.g. "other", and take overlaps out of one of the two',
  });
}

function checkLabels({ classes, values, shape }: Draft, noun: string): Labels {
  if (classes.length < 2 || new Set(classes).size < classes.length) {
    throw new SpecbookError("OptionError", "there is nothing to tell apart", {
      got: `the classes ${classes.map((name) => JSON.stringify(name)).join(", ") || "none"}`,
      needed: "two or more different names",
      remedy: 'for example classes: ["vacuum", "particle"]',
    });
  }
  for (let i = 0; i < values.length; i++) {
    if (Number.isInteger(values[i]) && values[i] >= 0 && values[i] < classes.length) continue;
    throw new SpecbookError("DataError", `a label of the ${noun} is no class`, {
      got: `${values[i]} at place ${i}`,
      needed: `whole numbers from 0 to ${classes.length - 1}, the places in ${classes.join(", ")}`,
      remedy: "name all classes, or leave samples without a class out with select",
    });
  }
  return Object.freeze({
    classes: Object.freeze([...classes]),
    values: Int32Array.from(values),
    shape: Object.freeze([...shape]),
  });
}
