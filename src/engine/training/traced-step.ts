import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine, NativeBackend } from "../engine";
import { createGraph, type Graph } from "../trace/graph";
import { attributeValue } from "../trace/protobuf";
import { record } from "../trace/recorder";
import { openSession } from "../trace/session";
import { ADAM, correctedAdam } from "./adam";
import type { Program, ProgramTensors, TrainingStep } from "./program";

/**
 * A training step as one TensorFlow graph: forward, backward, one Adam operation per parameter and the new running
 * statistics, replayed in a single call. The program is recorded once for each of `samples` (lists of inputs that
 * differ in their batch size); a step takes the recording of its batch size. Native engines only.
 */
export function createTracedStep(
  engine: Engine & { readonly native: NativeBackend },
  program: Program,
  initial: ProgramTensors,
  samples: readonly (readonly Tensor[])[],
): TrainingStep {
  const { tf, native } = engine;
  const graph = createGraph(native.binding);
  const names = declareVariables(graph, native, initial);
  const recordings = new Map(
    samples.map((inputs) => [inputs[0].shape[0], recordStep(engine, graph, program, initial, names, inputs)]),
  );
  const session = openSession(native, graph);
  const variables = [...names.trainable, ...names.state];
  const values = [...initial.trainable, ...initial.state];
  tf.dispose(
    session.run(
      variables.map((name, i) => [`${name}/value`, values[i]] as const),
      ["ready"],
    ),
  );

  let count = 0;
  return {
    traced: true,
    run: (inputs, learningRate) => {
      const { rate, epsilon } = correctedAdam(++count, learningRate);
      const recording = recordings.get(inputs[0].shape[0]);
      if (recording === undefined) throw new RangeError(`no recording for a batch of ${inputs[0].shape[0]}`);
      const scalars = [tf.scalar(rate), tf.scalar(epsilon)];
      const feeds = recording.feeds.map((name, i) => [name, inputs[i]] as const);
      const fetched = session.run(
        [...feeds, ["rate", scalars[0]], ["epsilon", scalars[1]]],
        [recording.step, ...recording.terms],
      );
      const [loss, ...terms] = fetched.map((t) => t.dataSync()[0]);
      tf.dispose([...fetched, ...scalars]);
      return { loss, terms };
    },
    read: () => {
      const tensors = session.run(
        [],
        variables.map((name) => `${name}/read`),
      );
      return { trainable: tensors.slice(0, names.trainable.length), state: tensors.slice(names.trainable.length) };
    },
    dispose: () => session.dispose(),
  };
}

interface VariableNames {
  readonly trainable: readonly string[];
  readonly state: readonly string[];
  readonly means: readonly string[];
  readonly squares: readonly string[];
}

/** Variables for parameters, Adam's moments and state, and the node "ready" that gives all of them their first values. */
function declareVariables(graph: Graph, { binding }: NativeBackend, initial: ProgramTensors): VariableNames {
  const declare = (kind: string, tensors: readonly Tensor[]) =>
    tensors.map((t, i) => graph.variable(`${kind}${i}`, t.shape));
  const names: VariableNames = {
    trainable: declare("parameter", initial.trainable),
    state: declare("state", initial.state),
    means: declare("mean", initial.trainable),
    squares: declare("square", initial.trainable),
  };
  const zeroed = [names.means, names.squares].flatMap((moments) =>
    moments.map((name, i) => {
      const { shape, size } = initial.trainable[i];
      return graph.assign(
        `${name}/clear`,
        name,
        graph.constant(`${name}/zero`, binding.TF_FLOAT, shape, new Float32Array(size)),
      );
    }),
  );
  for (const name of ["rate", "epsilon"]) graph.placeholder(name, []);
  for (const [name, value] of Object.entries({ zero: 0, beta1: ADAM.beta1, beta2: ADAM.beta2 })) {
    graph.constant(name, binding.TF_FLOAT, [], Float32Array.of(value));
  }
  graph.after("ready", "zero", [...[...names.trainable, ...names.state].map((name) => `${name}/set`), ...zeroed]);
  return names;
}

function recordStep(
  { tf, native }: Engine & { readonly native: NativeBackend },
  graph: Graph,
  program: Program,
  initial: ProgramTensors,
  names: VariableNames,
  inputs: readonly Tensor[],
): { readonly feeds: readonly string[]; readonly step: string; readonly terms: readonly string[] } {
  const prefix = `batch${inputs[0].shape[0]}`;
  const feeds = inputs.map((input, i) => graph.placeholder(`${prefix}/input${i}`, input.shape));
  const known: (readonly [Tensor, string])[] = [
    ...inputs.map((input, i) => [input, feeds[i]] as const),
    ...initial.trainable.map((t, i) => [t, `${names.trainable[i]}/read`] as const),
    ...initial.state.map((t, i) => [t, `${names.state[i]}/read`] as const),
  ];
  const { result } = record(native, graph, prefix, known, (outputOf) => {
    let next: readonly Tensor[] = [];
    let parts: readonly Tensor[] = [];
    const lossOf = (...parameters: Tensor[]) => {
      const outcome = program(parameters, initial.state, inputs);
      next = outcome.state;
      parts = outcome.terms ?? [];
      return outcome.loss;
    };
    const { value, grads } = tf.valueAndGrads(lossOf)([...initial.trainable]);
    const outputs = {
      loss: outputOf(value),
      terms: parts.map(outputOf),
      gradients: grads.map(outputOf),
      state: next.map(outputOf),
    };
    tf.dispose([value, ...grads, ...next, ...parts]);
    return outputs;
  });
  const type = { T: attributeValue.type(native.binding.TF_FLOAT) };
  const updates = result.gradients.map((gradient, i) =>
    // Beta powers of zero switch TensorFlow's own bias correction off: it is in `rate` and `epsilon`.
    graph.add(
      `${prefix}/adam${i}`,
      "ResourceApplyAdam",
      [
        names.trainable[i],
        names.means[i],
        names.squares[i],
        "zero",
        "zero",
        "rate",
        "beta1",
        "beta2",
        "epsilon",
        gradient,
      ],
      type,
    ),
  );
  const states = result.state.map((output, i) => graph.assign(`${prefix}/state${i}`, names.state[i], output));
  const terms = result.terms.map((output, i) => graph.after(`${prefix}/term${i}`, output, []));
  return { feeds, step: graph.after(`${prefix}/step`, result.loss, [...updates, ...states]), terms };
}
