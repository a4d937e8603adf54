import type { Pace } from "../core/pace";
import { axis } from "../data";
import { unscale } from "../signal";
import type { DesignDistance, InverseDesign } from "./inverse-design";
import { type DesignFound, type DesignWork, rowsOf } from "./inverse-search";
import { nearestRows } from "./nearest-rows";
import { neighbourDistances } from "./neighbour-distances";

/** Real samples whose nearest neighbours say how far apart samples usually are. */
const PROBES = 300;

type Head = Pick<InverseDesign, "kind" | "method" | "space" | "energy" | "target" | "range">;

/** The result in the units of the data, judged against the real samples. */
export async function designReport(work: DesignWork, found: DesignFound, head: Head): Promise<InverseDesign> {
  const { pairs, scaled, weights, pace } = work;
  const { spectrum, image, examples, latent, trace, predicted } = found;
  const [, height, width] = pairs.images.shape;
  const distance = await distanceOf(found, pace);
  const error = ratio(spectrum, scaled, weights);
  const modelError = predicted === undefined ? undefined : medianRatio(predicted.data, pairs.spectra.data, weights);
  const measured = Float64Array.from({ length: pairs.spectra.shape[0] }, (_, i) =>
    ratio(pairs.spectra.data, scaled, weights, i * weights.length, 0),
  );
  const best = measured.indexOf(measured.reduce((a, b) => Math.min(a, b)));
  const rows = (array: typeof pairs.images, scaling: typeof pairs.scaling.images) => {
    const { data, size } = rowsOf(array);
    const chosen = examples.flatMap((i) => [...data.subarray(i * size, (i + 1) * size)]);
    const shape = Object.freeze([examples.length, ...array.shape.slice(1)]);
    return Object.freeze({ data: unscale(Float32Array.from(chosen), scaling), shape });
  };
  const result = {
    ...head,
    spectrum: unscale(spectrum, pairs.scaling.spectra),
    error,
    ...(modelError === undefined ? {} : { modelError }),
    image: Object.freeze({
      data: unscale(image, pairs.scaling.images),
      shape: Object.freeze(pairs.images.shape.slice(1)),
    }),
    axes: Object.freeze({
      y: axis("y", height, { units: pairs.axes.y.units, scale: pairs.axes.y.scale }),
      x: axis("x", width, { units: pairs.axes.x.units, scale: pairs.axes.x.scale }),
    }),
    ...(latent === undefined ? {} : { latent }),
    examples: rows(pairs.images, pairs.scaling.images),
    exampleSpectra: rows(pairs.spectra, pairs.scaling.spectra),
    positions: Int32Array.from(examples.flatMap((i) => [pairs.positions[2 * i], pairs.positions[2 * i + 1]])),
    exampleErrors: Float64Array.from(examples, (i) => measured[i]),
    bestReal: Object.freeze({
      row: pairs.positions[2 * best],
      column: pairs.positions[2 * best + 1],
      error: measured[best],
    }),
    distance,
    extrapolates: distance.value > distance.limit,
    ...(trace === undefined ? {} : { trace }),
    metadata: pairs.metadata,
  };
  const notices = Object.freeze(noticesOf(result));
  return Object.freeze({
    ...result,
    notices,
    summary: [headline(result), measuredWords(result), ...notices].join("\n"),
  });
}

/** Distance of the design from the nearest real sample, in the space where it lies farthest out. */
async function distanceOf({ spaces, self }: DesignFound, pace: Pace): Promise<DesignDistance> {
  const found: DesignDistance[] = [];
  for (const { name, point, samples } of spaces) {
    const step = Math.max(1, Math.floor(samples.count / PROBES));
    const own = (await neighbourDistances(samples, samples, pace, step)).sort();
    const at = (share: number) => own[Math.round(share * (own.length - 1))];
    const value = self === undefined ? Math.sqrt(nearestRows(samples, point, 1)[0].squared) : 0;
    found.push(Object.freeze({ space: name, value, typical: at(0.5), limit: at(0.95) }));
  }
  return found.reduce((a, b) => (b.value * a.limit > a.value * b.limit ? b : a));
}

/** sqrt(sum w (p - t)^2 / sum w (p + t)^2) */
function ratio(p: Float32Array, t: Float32Array, weights: Float32Array, from = 0, fromTarget = from): number {
  let [difference, sum] = [0, 0];
  for (let c = 0; c < weights.length; c++) {
    difference += weights[c] * (p[from + c] - t[fromTarget + c]) ** 2;
    sum += weights[c] * (p[from + c] + t[fromTarget + c]) ** 2;
  }
  return difference === 0 ? 0 : Math.sqrt(difference / sum);
}

function medianRatio(p: Float32Array, t: Float32Array, weights: Float32Array): number {
  const count = p.length / weights.length;
  const all = Float64Array.from({ length: count }, (_, i) => ratio(p, t, weights, i * weights.length)).sort();
  return all[Math.floor(count / 2)];
}

type Result = Omit<InverseDesign, "notices" | "summary">;

function noticesOf({ error, modelError, distance, extrapolates }: Result): string[] {
  const notices: string[] = [];
  if (modelError !== undefined && error > 2 * modelError) {
    notices.push(
      `the wanted spectrum is out of reach: the best misses it by ${percent(error)}, the model misses half of the real ones by less than ${percent(modelError)}`,
    );
  }
  if (extrapolates) {
    const what = { spectra: "the wanted spectrum", pixels: "the image", latent: "the latent point" }[distance.space];
    const times = (distance.value / (distance.typical || 1)).toPrecision(2);
    notices.push(
      `${what} lies ${times} times as far from the nearest real sample as these from each other: the model extrapolates`,
    );
  }
  return notices;
}

function headline({ method, space, error, positions }: Result): string {
  const way = space === undefined ? method : `${method} in ${space} space`;
  const near = `nearest real image at row ${positions[0]}, column ${positions[1]}`;
  const what = method === "encode" ? "spectra of the nearest real samples miss" : "predicted spectrum misses";
  return `inverse design by ${way}: ${what} the wanted one by ${percent(error)}; ${near}`;
}

function measuredWords({ exampleErrors, bestReal: { row, column, error } }: Result): string {
  return `measured: ${percent(exampleErrors[0])} at that real image, ${percent(error)} at the best one, row ${row}, column ${column}`;
}

function percent(share: number): string {
  return `${(100 * share).toPrecision(3)} %`;
}
