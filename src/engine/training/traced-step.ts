import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine, NativeBackend } from "../engine";
import { createGraph, type Graph } from "../trace/graph";
import { attributeValue } from "../trace/protobuf";
import { record } from "../trace/recorder";
import { openSession } from "../trace/session";
import { threadsFor } from "../trace/threads";
import { ADAM, correctedAdam } from "./adam";
import type { Program, ProgramTensors, TrainingStep } from "./program";

/**
 * A training step as one TensorFlow graph: forward, backward, one Adam operation per parameter and the new running
 * statistics, replayed in a single call. The program is recorded once for each of `samples` (lists of inputs that
 * differ in their batch size); a step takes the recording of its batch size. `tables` are tensors that the program reads
 * and that stay as they are: the graph has its own copy. Native engines only.
 */
export function createTracedStep(
  engine: Engine & { readonly native: NativeBackend },
  program: Program,
  initial: ProgramTensors,
  samples: readonly (readonly Tensor[])[],
  tables: readonly Tensor[] = [],
): TrainingStep {
  const { tf, native } = engine;
  const graph = createGraph(native.binding);
  const names = declareVariables(graph, native, initial, tables);
  const known = [...initial.trainable, ...initial.state, ...tables].map(
    (tensor, i) => [tensor, `${[...names.trainable, ...names.state, ...names.tables][i]}/read`] as const,
  );
  const recordings = new Map(
    samples.map((inputs) => [inputs[0].shape[0], recordStep(engine, graph, program, initial, names, known, inputs)]),
  );
  const largest = Math.max(...[...recordings.values()].map((recording) => recording.largest));
  const session = openSession(native, graph, threadsFor(largest));
  const parameters = [...names.trainable, ...names.state];
  const moments = [...names.means, ...names.squares];
  const set = (variables: readonly string[], values: readonly Tensor[], done: string) => {
    const feeds = variables.map((name, i) => [`${name}/value`, values[i]] as const);
    tf.dispose(session.run(feeds, [done]));
  };
  const readAll = (variables: readonly string[]) =>
    session.run(
      [],
      variables.map((name) => `${name}/read`),
    );
  set([...parameters, ...names.tables], [...initial.trainable, ...initial.state, ...tables], "ready");

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
      const tensors = readAll(parameters);
      return { trainable: tensors.slice(0, names.trainable.length), state: tensors.slice(names.trainable.length) };
    },
    readState: () => {
      const tensors = readAll([...parameters, ...moments]);
      const next = (variables: readonly string[]) => tensors.splice(0, variables.length);
      const [trainable, state] = [next(names.trainable), next(names.state)];
      return { trainable, state, means: next(names.means), squares: next(names.squares), count };
    },
    restore: (from) => {
      const { trainable, state, means, squares } = from;
      set([...parameters, ...moments], [...trainable, ...state, ...means, ...squares], "restored");
      count = from.count;
    },
    dispose: () => session.dispose(),
  };
}

interface VariableNames {
  readonly trainable: readonly string[];
  readonly state: readonly string[];
  readonly means: readonly string[];
  readonly squares: readonly string[];
  readonly tables: readonly string[];
}

/**
 * Variables for parameters, Adam's moments, state and tables; the node "ready" that gives all of them their first values,
 * and the node "restored" that sets all but the tables to values that are fed.
 */
function declareVariables(
  graph: Graph,
  { binding }: NativeBackend,
  initial: ProgramTensors,
  tables: readonly Tensor[],
): VariableNames {
  const declare = (kind: string, tensors: readonly Tensor[]) =>
    tensors.map((t, i) => graph.variable(`${kind}${i}`, t.shape));
  const names: VariableNames = {
    trainable: declare("parameter", initial.trainable),
    state: declare("state", initial.state),
    means: declare("mean", initial.trainable),
    squares: declare("square", initial.trainable),
    tables: declare("table", tables),
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
  const sets = (...variables: readonly (readonly string[])[]) => variables.flat().map((name) => `${name}/set`);
  graph.after("ready", "zero", [...sets(names.trainable, names.state, names.tables), ...zeroed]);
  graph.after("restored", "zero", sets(names.trainable, names.state, names.means, names.squares));
  return names;
}

/** Names in the graph of what a batch size feeds and fetches, and the size of its largest product. */
interface RecordedStep {
  readonly feeds: readonly string[];
  readonly step: string;
  readonly terms: readonly string[];
  readonly largest: number;
}

function recordStep(
  { tf, native }: Engine & { readonly native: NativeBackend },
  graph: Graph,
  program: Program,
  initial: ProgramTensors,
  names: VariableNames,
  known: readonly (readonly [Tensor, string])[],
  inputs: readonly Tensor[],
): RecordedStep {
  const prefix = `batch${inputs[0].shape[0]}`;
  const feeds = inputs.map(({ shape, dtype }, i) =>
    graph.placeholder(`${prefix}/input${i}`, shape, dtype === "int32" ? native.binding.TF_INT32 : undefined),
  );
  const all = [...inputs.map((input, i) => [input, feeds[i]] as const), ...known];
  const { result, largest } = record(native, graph, prefix, all, (outputOf) => {
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
  return { feeds, step: graph.after(`${prefix}/step`, result.loss, [...updates, ...states]), terms, largest };
}
