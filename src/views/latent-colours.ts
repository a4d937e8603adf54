import { errors, type LatentCoordinates } from "../analyse";
import type { ErrorAnalysis } from "../analyse/results";
import { SpecbookError } from "../core/errors";
import type { Image, Labels, Samples } from "../data";
import { latentLayout, type Model, outputSide, posterior } from "../models";
import { scanPicture } from "./scan-picture";

/** One number a sample that its point can be coloured by. */
export interface SampleColours {
  readonly title: string;
  readonly values: Float32Array;
  /** Values at the ends of the colours; further ones have those of the ends. */
  readonly range: readonly [number, number];
  /** Names of the classes, where the values are their places. */
  readonly classes?: readonly string[];
}

/** What the points can be coloured by: names, what to call them, and how to find the numbers. */
export interface ColourChoice {
  readonly name: string;
  readonly title: string;
  find(): Promise<SampleColours>;
}

/** What the user gives to colour the points by. */
export interface GivenColour {
  /** An image of the scan (its value at each window's centre), the errors of the same samples, or one number a sample. */
  readonly colour?: Image | ErrorAnalysis | ArrayLike<number>;
  /** What to call it. */
  readonly legend?: string;
}

/** Everything that samples can be coloured by but their place on the scan, which needs no numbers. */
export function colourChoices(
  model: Model,
  samples: Samples,
  coordinates: LatentCoordinates,
  classes: Int32Array | undefined,
  given: GivenColour,
): readonly ColourChoice[] {
  const signal = new AbortController().signal; // finding the errors is no work of the cell that happens to run
  const [, size] = coordinates.values.shape;
  const choices: ColourChoice[] = [];
  const add = (name: string, title: string, values: () => Promise<Float32Array>, names?: readonly string[]) =>
    choices.push({ name, title, find: async () => coloursOf(title, await values(), names) });
  if (given.colour !== undefined) {
    const { title, values } = givenValues(samples, given);
    add("given", title, async () => values);
  }
  const picture = "images" in samples ? "image" : "mean of the spectrum";
  add("picture", picture, async () => atSamples(scanPicture(samples), samples));
  if (outputSide(model) in samples)
    add("error", "error (%)", async () => (await errors(model, samples, { signal })).perSample.map((e) => 100 * e));
  const labels = sampleLabels(samples);
  if (labels !== undefined) add("label", "class", async () => Float32Array.from(labels.values), labels.classes);
  if (classes !== undefined)
    add("class", "class of the model", async () => Float32Array.from(classes), classNames(latentLayout(model).groups));
  for (let j = 0; j < size && size > 2; j++)
    add(`latent ${j + 1}`, `latent ${j + 1}`, async () => latentColumn(coordinates, j));
  return choices;
}

/** The most probable combination of classes of each sample; undefined for a model without classes. */
export async function modelClasses(
  model: Model,
  samples: Samples,
  signal: AbortSignal | undefined,
): Promise<Int32Array | undefined> {
  const { groups, classes: width } = latentLayout(model);
  if (groups.length === 0) return undefined;
  const { classes } = await posterior(model, samples, { signal });
  if (classes === undefined) return undefined;
  return Int32Array.from({ length: classes.shape[0] }, (_, i) => {
    let first = i * width;
    let combination = 0;
    for (const group of groups) {
      const own = classes.data.subarray(first, first + group);
      combination = combination * group + own.indexOf(own.reduce((a, b) => Math.max(a, b)));
      first += group;
    }
    return combination;
  });
}

/** "class 1", "class 2", ...; of several groups "class 1 and 1", "class 1 and 2", ... */
export function classNames(groups: readonly number[]): readonly string[] {
  return groups
    .reduce<readonly string[]>(
      (names, group) =>
        names.flatMap((name) => Array.from({ length: group }, (_, i) => (name === "" ? "" : `${name} and `) + (i + 1))),
      [""],
    )
    .map((name) => `class ${name}`);
}

function coloursOf(title: string, values: Float32Array, classes?: readonly string[]): SampleColours {
  if (classes !== undefined) return { title, values, range: [0, classes.length - 1], classes };
  const sorted = values.filter(Number.isFinite).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  // One bright pixel must not make all others dark.
  return { title, values, range: [at(0.005), at(0.995)] };
}

function sampleLabels(samples: Samples): Labels | undefined {
  const { labels } = samples as { readonly labels?: Labels };
  return labels?.shape.length === 1 ? labels : undefined; // one class a sample, not one a pixel
}

function latentColumn({ values }: LatentCoordinates, j: number): Float32Array {
  const [count, size] = values.shape;
  return Float32Array.from({ length: count }, (_, i) => values.data[i * size + j]);
}

function atSamples(picture: ArrayLike<number>, { positions, scan }: Samples): Float32Array {
  return Float32Array.from(
    { length: positions.length / 2 },
    (_, i) => picture[positions[2 * i] * scan[1] + positions[2 * i + 1]],
  );
}

function givenValues(samples: Samples, { colour, legend }: GivenColour): { title: string; values: Float32Array } {
  const count = samples.positions.length / 2;
  if (typeof colour === "object" && "kind" in colour && colour.kind === "image") {
    if (colour.shape[0] === samples.scan[0] && colour.shape[1] === samples.scan[1])
      return { title: legend ?? "image given", values: atSamples(colour.data, samples) };
    throw wrongColour(`an image of ${colour.shape.join(" x ")} pixels`, `one of the scan, ${samples.scan.join(" x ")}`);
  }
  const isErrors = typeof colour === "object" && "kind" in colour;
  const values = isErrors ? colour.perSample.map((e) => 100 * e) : Float32Array.from(colour ?? []);
  if (values.length === count) return { title: legend ?? (isErrors ? "error (%)" : "value"), values };
  throw wrongColour(`${values.length} values for ${count} samples`, "one value a sample, in the same order");
}

function wrongColour(got: string, needed: string): SpecbookError {
  return new SpecbookError("ShapeError", "exploreLatent cannot colour the samples by this", {
    got,
    needed,
    remedy: "give an image of the scan, the errors of the same samples, or leave colour out",
  });
}
