import type { NativeBinding } from "../engine";
import { attributeValue, node, savedModel } from "./protobuf";

/** A TensorFlow graph under construction: nodes are appended, then written as a SavedModel. */
export interface Graph {
  /** Appends a node and returns its name, which is also its first output. */
  add(name: string, operation: string, inputs: readonly string[], attributes: Readonly<Record<string, Buffer>>): string;
  /** An input fed at each run, float32 unless told. */
  placeholder(name: string, shape: readonly number[], type?: number): string;
  /** A constant; `data` are written as they are. */
  constant(name: string, type: number, shape: readonly number[], data: ArrayBufferView): string;
  /** A float32 variable of the session: nodes NAME (handle), NAME/read, and NAME/set fed by the input NAME/value. */
  variable(name: string, shape: readonly number[]): string;
  /** Assigns an output to a variable; returns the node to depend on. */
  assign(name: string, variable: string, value: string): string;
  /** The first output of `value` once `after` have run. */
  after(name: string, value: string, after: readonly string[]): string;
  /** The SavedModel file. */
  encode(): Buffer;
  /** Number of nodes so far. */
  size(): number;
}

/** An empty graph; `binding` gives the numbers of TensorFlow's element types. */
export function createGraph(binding: NativeBinding): Graph {
  const nodes: Buffer[] = [];
  const float32 = attributeValue.type(binding.TF_FLOAT);
  const graph: Graph = {
    add: (name, operation, inputs, attributes) => {
      nodes.push(node({ name, operation, inputs, attributes }));
      return name;
    },
    placeholder: (name, shape, type = binding.TF_FLOAT) =>
      graph.add(name, "Placeholder", [], { dtype: attributeValue.type(type), shape: attributeValue.shape(shape) }),
    constant: (name, type, shape, data) =>
      graph.add(name, "Const", [], {
        dtype: attributeValue.type(type),
        value: attributeValue.tensor(type, shape, data),
      }),
    variable: (name, shape) => {
      graph.add(name, "VarHandleOp", [], {
        dtype: float32,
        shape: attributeValue.shape(shape),
        shared_name: attributeValue.string(name),
        container: attributeValue.string(""),
      });
      graph.add(`${name}/read`, "ReadVariableOp", [name], { dtype: float32 });
      graph.assign(`${name}/set`, name, graph.placeholder(`${name}/value`, shape));
      return name;
    },
    assign: (name, variable, value) => graph.add(name, "AssignVariableOp", [variable, value], { dtype: float32 }),
    after: (name, value, after) =>
      graph.add(name, "Identity", [value, ...after.map((other) => `^${other}`)], { T: float32 }),
    encode: () => savedModel(nodes),
    size: () => nodes.length,
  };
  return graph;
}
