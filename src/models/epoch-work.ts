import type { Tensor } from "@tensorflow/tfjs-core";
import { createRandom } from "../core";
import type { FloatArray } from "../data";
import type { Engine } from "../engine/engine";
import type { StepLoss } from "../engine/training";
import type { Architecture } from "./architecture";
import { createAugmentation } from "./augment";
import { type BatchRange, batchRanges, createBatcher, inOrder } from "./batches";
import type { FitSettings } from "./fit-options";
import type { ModelBase } from "./model";
import { createNoiseSource } from "./noise";
import type { Resumable } from "./resumable";
import { createSampleSource } from "./sample-source";
import { createTrainer, type Trainer } from "./trainer";

/** One batch of an epoch: `run` does it and returns its mean loss and the terms of it. */
export interface BatchWork {
  readonly samples: number;
  run(): StepLoss;
}

/** The batches of a training run. */
export interface EpochWork extends Resumable {
  readonly stepsPerEpoch: number;
  /** True where a recorded graph is replayed. */
  readonly traced: boolean;
  /** Names of the loss terms, known after the first step; empty where the loss has one term only. */
  readonly termNames: readonly string[];
  /** The training steps of the next epoch, in a new random order; `rateAt` gives the learning rate of a step. */
  training(rateAt?: (step: number) => number): BatchWork[];
  /** The validation batches, in order; none without a validation set. */
  validation(): BatchWork[];
  /** The present parameters, in PyTorch's layout. */
  values(): Float32Array[];
  dispose(): void;
}

/** Gets a model's training ready: records the step, where it is traced, and sets the seeded order of the samples. */
export function prepareEpochs<M extends ModelBase>(
  engine: Engine,
  architecture: Architecture<M>,
  model: M,
  settings: FitSettings,
  sets: { readonly training: readonly FloatArray[]; readonly validation: readonly FloatArray[] },
): EpochWork {
  const { tf } = engine;
  const { seed, augment } = settings;
  const samples = sets.training[0].shape[0];
  const held = sets.validation[0]?.shape[0] ?? 0;
  const ranges = batchRanges(samples, settings.batch, settings.dropLast);
  const heldRanges = batchRanges(held, settings.batch, false);
  const heldBatcher = createBatcher(engine, sets.validation);
  const random = createRandom(seed).fork("order of the pairs");
  const specs = architecture.noise?.(model) ?? [];
  const noise = createNoiseSource(engine, specs, seed, "noise of the steps");
  const heldNoise = createNoiseSource(engine, specs, seed, "noise of the validation");
  const turned =
    augment === undefined
      ? undefined
      : createAugmentation(augment, sets.training, seed, architecture.fixedOrientation?.(model));
  const source = createSampleSource(engine, sets.training, turned?.rearranged ?? sets.training.map(() => false));
  let epochs = 0;
  let step = 0;

  /** The noise and the schedule of a step. */
  const extras = (drawn: Tensor[]): Tensor[] => [
    ...drawn,
    ...(architecture.schedule?.(model, step) ?? []).map((value) => tf.scalar(value)),
  ];
  /** Runs `work` on tensors that go afterwards. */
  const using = <T>(tensors: Tensor[], work: (tensors: Tensor[]) => T): T => {
    try {
      return work(tensors);
    } finally {
      tf.dispose(tensors);
    }
  };
  const inputs = (rows: Int32Array): Tensor[] => [
    ...source.feed(rows, turned?.pixels(rows, step)),
    ...extras(noise.draw(step, rows.length)),
  ];

  const counts = [...new Set(ranges.map(([, count]) => count))];
  const examples = settings.trace ? counts.map((count) => inputs(inOrder(count))) : undefined;
  const trainer = record();

  function record() {
    let made: Trainer | undefined;
    try {
      made = createTrainer(engine, architecture, model, examples, source);
      return made;
    } finally {
      tf.dispose(examples ?? []);
      if (made?.traced !== false) source.dispose(); // the graph has its own
    }
  }

  return {
    stepsPerEpoch: ranges.length,
    traced: trainer.traced,
    get termNames() {
      return trainer.termNames;
    },
    training: (rateAt = () => settings.learningRate) => {
      const order = random.permutation(samples);
      epochs++;
      return ranges.map(([first, count]: BatchRange) => ({
        samples: count,
        run: () => {
          const rows = order.slice(first, first + count);
          const loss = using(inputs(rows), (all) => trainer.step(all, rateAt(step)));
          step++;
          return loss;
        },
      }));
    },
    validation: () => {
      const order = inOrder(held);
      return heldRanges.map((range: BatchRange) => ({
        samples: range[1],
        run: () =>
          heldBatcher.withBatch(order, range, (batch) =>
            // The same noise after every epoch: the losses differ by the weights alone.
            using(extras(heldNoise.draw(range[0], range[1])), (more) => trainer.evaluate([...batch, ...more])),
          ),
      }));
    },
    values: () => trainer.values(),
    save: () => {
      const { values, arrays } = trainer.save();
      return { values: { ...values, epochs, step }, arrays };
    },
    restore: (state) => {
      trainer.restore(state);
      step = state.values.step as number; // what `save` wrote
      for (; epochs < (state.values.epochs as number); epochs++) random.permutation(samples); // the orders that were used
    },
    dispose: () => {
      trainer.dispose();
      if (!trainer.traced) source.dispose();
    },
  };
}
