import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine";
import { readNpz } from "../../src/io";
import { classifier, segmenter } from "../../src/models";
import type { Architecture } from "../../src/models/architecture";
import { classifierArchitecture } from "../../src/models/classifier-network";
import type { ModelBase } from "../../src/models/model";
import { segmenterArchitecture } from "../../src/models/segmenter-network";
import { defaultEngine, hasNative, wasmEngine } from "../support/engines";
import { forwardPass, lossAndGradients } from "./support/parity-run";

/** float32 on our side against float64 of PyTorch: 1e-6 an operation, some ten layers forward and back. */
const RELATIVE = 2e-5;
/** A gradient that is zero in theory (a bias before batch norm) holds rounding alone. */
const ZERO = 2e-6;

interface Case<M extends ModelBase = ModelBase> {
  readonly name: string;
  readonly architecture: Architecture<M>;
  readonly model: M;
  readonly classes: number;
  /** Name of the labels in the fixture, and how they become places in the classes. */
  readonly labels: string;
  readonly sample: readonly number[];
}

const three = ["a", "b", "c"];
const two = ["a", "b"];
const weighted = { classes: three, weights: [1, 2, 5] };
const plain = { layers: [1, 1, 1, 1], filters: 2 };
const CASES = [
  {
    name: "spectra",
    architecture: classifierArchitecture,
    model: classifier({ spectrum: 26, layers: 2, filters: 4, hidden: 6, ...weighted }),
    labels: "labels",
    sample: [],
  },
  {
    name: "windows",
    architecture: classifierArchitecture,
    model: classifier({ image: [9, 9, 1], layers: 2, filters: 3, hidden: 5, batchNorm: false, ...weighted }),
    labels: "labels",
    sample: [],
  },
  {
    name: "softmax",
    architecture: segmenterArchitecture,
    model: segmenter({ image: [16, 16, 1], classes: three, ...plain }),
    labels: "masks",
    sample: [16, 16],
  },
  {
    name: "dice",
    architecture: segmenterArchitecture,
    model: segmenter({
      image: [8, 16, 1],
      classes: three,
      filters: 2,
      layers: [1, 2, 1, 2],
      batchNorm: false,
      loss: "dice",
    }),
    labels: "masks",
    sample: [8, 16],
  },
  ...(["cross-entropy", "dice"] as const).map((loss) => ({
    name: loss === "dice" ? "sigmoid-dice" : "sigmoid",
    architecture: segmenterArchitecture,
    model: segmenter({ image: [16, 8, 1], classes: two, ...plain, output: "sigmoid", loss }),
    labels: "masks",
    sample: [16, 8],
  })),
].map((c) => ({ ...c, classes: c.model.options.classes.length }) as unknown as Case);

let arrays: Record<string, { data: ArrayLike<number>; shape: readonly number[] }>;
beforeAll(async () => {
  arrays = await readNpz(join(__dirname, "fixtures/classes.npz"));
});

/** The batch of a case: inputs channels last (they have one channel), and one-hot targets. */
function batchOf({ name, labels, sample, classes }: Case) {
  const x = arrays[`${name}/x`];
  const [n, , ...size] = x.shape;
  const known = arrays[labels];
  const target = new Float32Array(n * sample.reduce((a, b) => a * b, 1) * classes);
  const [height, width] = [sample[0] ?? 1, sample[1] ?? 1];
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        // The masks of the fixture are 16 x 16; a smaller case took the first rows and columns.
        const value = known.data[known.shape.length === 1 ? i : (i * 16 + row) * 16 + column];
        target[at * classes + (classes === 2 ? Math.min(1, value) : value)] = 1;
        at++;
      }
    }
  }
  const shape = sample.length === 0 && size.length === 1 ? [n, size[0]] : [n, ...size, 1];
  return [
    { data: Float32Array.from(x.data), shape },
    { data: target, shape: [n, ...sample, classes] },
  ];
}

/** PyTorch's channels-first array of an output as channels last. */
function channelsLast({ data, shape }: { data: ArrayLike<number>; shape: readonly number[] }): Float32Array {
  const [n, channels, ...rest] = shape;
  const pixels = rest.reduce((a, b) => a * b, 1);
  const moved = new Float32Array(data.length);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < channels; c++) {
      for (let p = 0; p < pixels; p++) moved[(i * pixels + p) * channels + c] = data[(i * channels + c) * pixels + p];
    }
  }
  return moved;
}

const engines = hasNative ? ["native", "wasm"] : ["wasm"];
describe.each(engines)("on the %s engine", (engineName) => {
  let engine: Engine;
  let tensorsBefore = 0;
  beforeAll(async () => {
    engine = engineName === "wasm" ? await wasmEngine() : await defaultEngine();
    tensorsBefore = engine.tf.memory().numTensors;
  });
  afterEach(() => expect(engine.tf.memory().numTensors).toBe(tensorsBefore)); // nothing is left on the engine
  afterAll(async () => void (await defaultEngine()));

  describe.each(CASES)("$name", (c) => {
    const { architecture, model, name } = c;
    beforeAll(() => {
      const own = Object.keys(arrays).filter((key) => key.startsWith(`${name}/parameter/`));
      expect(
        Object.keys(model.parameters)
          .map((key) => `${name}/parameter/${key}`)
          .sort(),
      ).toEqual(own.sort());
      for (const [key, parameter] of Object.entries(model.parameters)) {
        const stored = arrays[`${name}/parameter/${key}`];
        expect(parameter.shape, key).toEqual(stored.shape);
        parameter.data.set(Float32Array.from(stored.data));
      }
    });

    test("gives PyTorch's probabilities", () => {
      const [x] = batchOf(c);
      const input = engine.tf.tensor(x.data, x.shape);
      const { probability } = forwardPass(engine, architecture, model, false, (scope) => {
        const whole =
          architecture.reconstruct ?? ((s, m, given) => architecture.decode(s, m, architecture.encode(s, m, given)));
        return { probability: whole(scope, model, input) };
      });
      input.dispose();
      expect(probability).toMatchArray(channelsLast(arrays[`${name}/probability`]), { absolute: RELATIVE });
    });

    test("has PyTorch's loss and gradients", () => {
      const data = batchOf(c).map((d) => engine.tf.tensor(d.data, d.shape));
      const { loss, gradients } = lossAndGradients(engine, architecture, model, { data, noise: [], schedule: [] });
      engine.tf.dispose(data);
      expect([loss]).toMatchArray(arrays[`${name}/loss`].data, { relative: RELATIVE });
      for (const [key, gradient] of gradients) {
        const expected = Float64Array.from(arrays[`${name}/gradient/${key}`].data);
        const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        expect(gradient, key).toMatchArray(expected, { absolute: 5 * RELATIVE * largest + ZERO });
      }
    });
  });
});
