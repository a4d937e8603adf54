/**
 * The few messages of TensorFlow's SavedModel format that a traced step needs, in protobuf's wire format
 * (https://protobuf.dev/programming-guides/encoding). Field numbers: tensorflow/core/framework/{graph,node_def,
 * attr_value,tensor,tensor_shape}.proto and tensorflow/core/protobuf/{saved_model,meta_graph}.proto.
 */

import { float, integer, message } from "../../core/protobuf";

/** A list of (graph output names, attribute values) as written into one node. */
export interface NodeDefinition {
  readonly name: string;
  readonly operation: string;
  /** Outputs of other nodes, `name` or `name:index`; `^name` for a control dependency. */
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, Buffer>>;
}

/** Values of node attributes. */
export const attributeValue = {
  type: (value: number): Buffer => integer(6, value),
  shape: (value: readonly number[]): Buffer => message(7, shape(value)),
  string: (value: string): Buffer => message(2, Buffer.from(value)),
  int: (value: number): Buffer => integer(3, value),
  float: (value: number): Buffer => float(4, value),
  bool: (value: boolean): Buffer => integer(5, value ? 1 : 0),
  types: (values: readonly number[]): Buffer => list(values, (v) => integer(6, v)),
  strings: (values: readonly string[]): Buffer => list(values, (v) => message(2, Buffer.from(v))),
  ints: (values: readonly number[]): Buffer => list(values, (v) => integer(3, v)),
  floats: (values: readonly number[]): Buffer => list(values, (v) => float(4, v)),
  bools: (values: readonly boolean[]): Buffer => list(values, (v) => integer(5, v ? 1 : 0)),
  tensor: (type: number, dimensions: readonly number[], data: ArrayBufferView): Buffer =>
    message(
      8,
      Buffer.concat([
        integer(1, type),
        message(2, shape(dimensions)),
        message(4, Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
      ]),
    ),
};

/** A node of a graph, encoded. */
export function node({ name, operation, inputs, attributes }: NodeDefinition): Buffer {
  const entries = Object.entries(attributes).map(([key, value]) =>
    message(5, Buffer.concat([message(1, Buffer.from(key)), message(2, value)])),
  );
  return message(
    1,
    Buffer.concat([
      message(1, Buffer.from(name)),
      message(2, Buffer.from(operation)),
      ...inputs.map((input) => message(3, Buffer.from(input))),
      ...entries,
    ]),
  );
}

/** A SavedModel file of one graph without variables' values, under the tag "serve". */
export function savedModel(nodes: readonly Buffer[]): Buffer {
  const PRODUCER = 1882; // the graph version of TensorFlow 2.17 and later: older readers refuse, later ones accept
  const graph = Buffer.concat([...nodes, message(4, integer(1, PRODUCER))]);
  const metaGraph = Buffer.concat([message(1, message(4, Buffer.from("serve"))), message(2, graph)]);
  return Buffer.concat([integer(1, 1), message(2, metaGraph)]);
}

function shape(dimensions: readonly number[]): Buffer {
  return Buffer.concat(dimensions.map((size) => message(2, integer(1, size))));
}

// The elements of a list have the field numbers of the single values.
function list<T>(values: readonly T[], encode: (value: T) => Buffer): Buffer {
  return message(1, Buffer.concat(values.map(encode)));
}
