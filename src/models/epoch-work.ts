import type { Tensor } from "@tensorflow/tfjs-core";
import { createRandom } from "../core";
import type { FloatArray } from "../data";
import type { Engine } from "../engine/engine";
import type { StepLoss } from "../engine/training";
import type { Architecture } from "./architecture";
import { type BatchRange, batchRanges, createBatcher, inOrder } from "./batches";
import type { FitSettings } from "./fit-options";
import type { ModelBase } from "./model";
import { createNoiseSource } from "./noise";
import { createTrainer } from "./trainer";

/** One batch of an epoch: `run` does it and returns its mean loss and the terms of it. */
export interface BatchWork {
  readonly samples: number;
  run(): StepLoss;
}

/** The batches of a training run. */
export interface EpochWork {
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
  const samples = sets.training[0].shape[0];
  const held = sets.validation[0]?.shape[0] ?? 0;
  const ranges = batchRanges(samples, settings.batch, settings.dropLast);
  const heldRanges = batchRanges(held, settings.batch, false);
  const batcher = createBatcher(engine, sets.training);
  const heldBatcher = createBatcher(engine, sets.validation);
  const random = createRandom(settings.seed).fork("order of the pairs");
  const specs = architecture.noise?.(model) ?? [];
  const noise = createNoiseSource(engine, specs, settings.seed, "noise of the steps");
  const heldNoise = createNoiseSource(engine, specs, settings.seed, "noise of the validation");
  const scheduled = (at: number): Tensor[] =>
    (architecture.schedule?.(model, at) ?? []).map((value) => engine.tf.scalar(value));
  let step = 0;

  const counts = [...new Set(ranges.map(([, count]) => count))];
  const samplesOf = (count: number): Tensor[] => [
    ...sets.training.map(({ shape }) => engine.tf.zeros([count, ...shape.slice(1)])),
    ...specs.map(({ shape }) => engine.tf.zeros([count, ...shape])),
    ...scheduled(0),
  ];
  const examples = settings.trace ? counts.map(samplesOf) : undefined;
  const trainer = createTrainer(engine, architecture, model, examples);
  engine.tf.dispose(examples ?? []);

  /** Runs `work` on a batch with its noise and schedule. */
  const withExtras = <T>(inputs: Tensor[], drawn: Tensor[], work: (all: Tensor[]) => T): T => {
    const extras = [...drawn, ...scheduled(step)];
    try {
      return work([...inputs, ...extras]);
    } finally {
      engine.tf.dispose(extras);
    }
  };

  return {
    stepsPerEpoch: ranges.length,
    traced: trainer.traced,
    get termNames() {
      return trainer.termNames;
    },
    training: (rateAt = () => settings.learningRate) => {
      const order = random.permutation(samples);
      return ranges.map((range: BatchRange) => ({
        samples: range[1],
        run: () =>
          batcher.withBatch(order, range, (inputs) => {
            const drawn = noise.draw(step, range[1]);
            const loss = withExtras(inputs, drawn, (all) => trainer.step(all, rateAt(step)));
            step++;
            return loss;
          }),
      }));
    },
    validation: () => {
      const order = inOrder(held);
      return heldRanges.map((range: BatchRange) => ({
        samples: range[1],
        run: () =>
          heldBatcher.withBatch(order, range, (inputs) =>
            // The same noise after every epoch: the losses differ by the weights alone.
            withExtras(inputs, heldNoise.draw(range[0], range[1]), (all) => trainer.evaluate(all)),
          ),
      }));
    },
    values: () => trainer.values(),
    dispose: () => trainer.dispose(),
  };
}
