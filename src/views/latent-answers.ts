import type { LatentCoordinates } from "../analyse";
import { fittedLike } from "../analyse/fitted";
import { oneOfEach } from "../analyse/manifold";
import type { FloatArray, SampleScaling, Samples } from "../data";
import { latentLayout, type Model } from "../models";
import { select, unscale } from "../signal";
import { decodedAt, predictedOf } from "./decoded-sides";
import type { ColourChoice } from "./latent-colours";
import type { LatentExplorer } from "./latent-explorer";
import { latentPlane } from "./latent-plane";
import type {
  ColoursQuestion,
  DecodeAnswer,
  DecodeQuestion,
  PlaneAnswer,
  PlaneQuestion,
  SampleAnswer,
  SampleQuestion,
  SelectedAnswer,
  SideName,
} from "./latent-protocol";
import type { Answer, Questions } from "./questions";

/** What the answers are found from. */
export interface LatentSource {
  readonly model: Model;
  readonly samples: Samples;
  readonly coordinates: LatentCoordinates;
  /** The most probable class of each sample, where the model has classes. */
  readonly classes: Int32Array | undefined;
  readonly choices: readonly ColourChoice[];
}

const NOTHING = new Float32Array(0);

/** What the front end of a latent explorer may ask. */
export function latentAnswers(source: LatentSource, view: LatentExplorer): Questions {
  const { model, samples, coordinates, choices } = source;
  const placed = model.training;
  return {
    plane: ({ latents }: PlaneQuestion) => {
      const { x, y, range, titles, contours } = latentPlane(coordinates, latents);
      return { content: { range, titles } satisfies PlaneAnswer, buffers: [x, y, ...contours] };
    },
    colours: async ({ by }: ColoursQuestion) => {
      const choice = choices.find(({ name }) => name === by);
      if (choice === undefined) throw new RangeError(`the samples cannot be coloured by "${by}"`);
      const { values, ...content } = await choice.find();
      return { content, buffers: [values] };
    },
    decode: async (question: DecodeQuestion) => {
      fittedLike(model, samples); // the model may have been trained on other data since
      const point = pointOf(source, question);
      const decoded = await decodedAt(model, withClass(model, point.latents, point.class));
      const current = model.training === placed;
      return answer<DecodeAnswer>({ point: Array.from(point.latents), class: point.class, current }, [
        decoded.images,
        decoded.spectra,
      ]);
    },
    sample: async ({ index }: SampleQuestion) => {
      const one = select(samples, [index]);
      const decoded = await predictedOf(model, one);
      const [row, column] = one.positions;
      return answer<SampleAnswer>({ index, row, column, point: Array.from(latentsOf(coordinates, index)) }, [
        measured(one, "images"),
        measured(one, "spectra"),
        decoded.images,
        decoded.spectra,
      ]);
    },
    selected: () => {
      const { selection } = view;
      const images = momentsOf(samples, "images", selection);
      const spectra = momentsOf(samples, "spectra", selection);
      return answer<SelectedAnswer>({ count: selection.length }, [images?.mean, spectra?.mean, spectra?.deviation]);
    },
  };
}

function answer<T>(content: T, buffers: readonly (Float32Array | undefined)[]): Answer {
  return { content, buffers: buffers.map((one) => one ?? NOTHING) };
}

/** The point under the pointer: its own two latents, the others of a sample or as given. */
function pointOf({ coordinates, classes }: LatentSource, question: DecodeQuestion) {
  const { latents, x, y, like = 0, others } = question;
  const point = others === undefined ? latentsOf(coordinates, like) : Float32Array.from(others);
  point[latents[1]] = y;
  point[latents[0]] = x; // last: a model with one latent has no y
  return { latents: point, class: classes === undefined ? undefined : (question.class ?? classes[like]) };
}

function withClass(model: Model, latents: Float32Array, chosen = 0): Float32Array {
  const { groups } = latentLayout(model);
  return groups.length === 0 ? latents : Float32Array.from([...latents, ...oneOfEach(groups, chosen)]);
}

function latentsOf({ values }: LatentCoordinates, index: number): Float32Array {
  const [, size] = values.shape;
  return values.data.slice(index * size, (index + 1) * size);
}

function sideOf(samples: Samples, side: SideName) {
  const { [side]: values } = samples as { readonly [side in SideName]?: FloatArray };
  const scaling = (samples.scaling as SampleScaling)[side];
  return values === undefined || scaling === undefined ? undefined : { ...values, scaling };
}

/** The first of the samples as it was measured, in the units of the data. */
function measured(samples: Samples, side: SideName): Float32Array | undefined {
  const found = sideOf(samples, side);
  if (found === undefined) return undefined;
  return unscale(found.data.subarray(0, found.data.length / found.shape[0]), found.scaling);
}

/** Mean and standard deviation (n in the denominator) of some samples, in the units of the data. */
function momentsOf(samples: Samples, side: SideName, indices: Int32Array) {
  const found = sideOf(samples, side);
  if (found === undefined || indices.length === 0) return undefined;
  const length = found.data.length / found.shape[0];
  const sum = new Float64Array(length);
  const squares = new Float64Array(length);
  for (const i of indices) for (let k = 0; k < length; k++) sum[k] += found.data[i * length + k];
  const mean = Float32Array.from(sum, (value) => value / indices.length);
  for (const i of indices) {
    for (let k = 0; k < length; k++) squares[k] += (found.data[i * length + k] - sum[k] / indices.length) ** 2;
  }
  const width = Math.abs(found.scaling.range);
  const deviation = Float32Array.from(squares, (value) => width * Math.sqrt(value / indices.length));
  return { mean: unscale(mean, found.scaling), deviation };
}
