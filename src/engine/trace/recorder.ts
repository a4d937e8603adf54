import type { Tensor } from "@tensorflow/tfjs-core";
import { SpecbookError } from "../../core";
import type { NativeAttribute, NativeBackend, NativeBinding, NativeTensor } from "../engine";
import type { Graph } from "./graph";
import { attributeValue } from "./protobuf";

/** What was recorded: tells which output of the graph a tensor was. */
export interface Recording<T> {
  readonly result: T;
  /** Number of operations recorded. */
  readonly operations: number;
  /** Multiplications of the largest product of two matrices; infinite where there is a convolution. */
  readonly largest: number;
}

/**
 * Runs `work` once on the native backend and appends every operation that it executes to `graph`. `known` maps tensors
 * that exist already (parameters, inputs) to outputs of the graph; tensors that `work` creates from numbers become
 * constants, so it must read no tensor's values and draw no random numbers. `work` must turn its results into names by
 * the function it is given, before its tensors go.
 */
export function record<T>(
  native: NativeBackend,
  graph: Graph,
  prefix: string,
  known: readonly (readonly [Tensor, string])[],
  work: (outputOf: (tensor: Tensor) => string) => T,
): Recording<T> {
  const { binding } = native;
  const idOf = (tensor: Tensor) => native.getInputTensorIds([tensor])[0];
  const outputs = new Map<number, string>(known.map(([tensor, name]) => [idOf(tensor), name]));
  const types = new Map<number, number>(
    known.map(([tensor]) => [idOf(tensor), tensor.dtype === "int32" ? binding.TF_INT32 : binding.TF_FLOAT]),
  );
  const constants = new Map<number, Constant>();
  const sizes = new Map<number, number>(known.map(([tensor]) => [idOf(tensor), tensor.size]));
  let operations = 0;
  let largest = 0;

  const inputOf = (id: number, operation: string): string => {
    const output = outputs.get(id);
    if (output !== undefined) return output;
    const constant = constants.get(id);
    if (constant === undefined) throw untraced(operation);
    const { type, shape, data } = constant;
    const name = graph.constant(`${prefix}/constant${id}`, type, shape, typed(binding, type, data));
    outputs.set(id, name);
    return name;
  };

  const createTensor: NativeBinding["createTensor"] = (shape, type, data) => {
    const id = binding.createTensor(shape, type, data);
    constants.set(id, { shape: [...shape], type, data: Array.prototype.slice.call(data) });
    sizes.set(id, sizeOf(shape));
    types.set(id, type);
    return id;
  };
  const executeOp: NativeBinding["executeOp"] = (operation, attributes, ids, count) => {
    const results: NativeTensor[] = binding.executeOp(operation, attributes, ids, count);
    const name = `${prefix}/${operations++}_${operation}`;
    const inputs = ids.map((id) => inputOf(id, operation));
    const given = Object.fromEntries(attributes.map((a) => [a.name, encode(binding, a)]));
    for (const [attribute, input] of INFERRED[operation] ?? []) {
      given[attribute] ??= attributeValue.type(types.get(ids[input]) ?? binding.TF_FLOAT);
    }
    const isPlain = operation === "BatchMatMulV2" && results[0].shape.length === 2;
    if (isPlain) graph.add(name, "MatMul", inputs, plainProduct(given));
    else graph.add(name, operation, inputs, given);
    for (const { id, shape } of results) sizes.set(id, sizeOf(shape));
    largest = Math.max(
      largest,
      multiplications(
        operation,
        [...ids, results[0].id].map((id) => sizes.get(id) ?? 0),
      ),
    );
    for (const [index, { id, dtype }] of results.entries()) {
      outputs.set(id, index === 0 ? name : `${name}:${index}`);
      types.set(id, dtype);
    }
    return results;
  };

  native.binding = shadow(binding, { createTensor, executeOp });
  try {
    const result = work((tensor) => inputOf(idOf(tensor), "result"));
    return { result, operations, largest };
  } finally {
    native.binding = binding;
  }
}

interface Constant {
  readonly shape: number[];
  readonly type: number;
  readonly data: number[];
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** Of an operation whose operands and result have these numbers of values: m k, k n and m n of a product. */
function multiplications(operation: string, sizes: readonly number[]): number {
  if (operation.startsWith("Conv")) return Number.POSITIVE_INFINITY;
  return operation === "BatchMatMulV2" ? Math.sqrt(sizeOf(sizes)) : 0;
}

/** Type attributes that tfjs-node leaves out: eager execution infers them from an input, a graph does not. */
const INFERRED: Readonly<Record<string, readonly (readonly [attribute: string, input: number])[]>> = {
  ExpandDims: [
    ["T", 0],
    ["Tdim", 1],
  ],
};

/**
 * tfjs-node runs every product as one of batches of matrices. Two matrices are multiplied more quickly by TensorFlow's plain
 * product, into which a graph also draws the bias and the activation that follow.
 */
function plainProduct({ adj_x, adj_y, ...rest }: Readonly<Record<string, Buffer>>): Record<string, Buffer> {
  return { ...rest, transpose_a: adj_x, transpose_b: adj_y };
}

/** The addon's own properties are read-only, so its functions are shadowed on an object that inherits from it. */
function shadow(binding: NativeBinding, functions: Partial<NativeBinding>): NativeBinding {
  const descriptors = Object.fromEntries(Object.entries(functions).map(([key, value]) => [key, { value }]));
  return Object.create(binding, descriptors);
}

function typed(binding: NativeBinding, type: number, data: readonly number[]): ArrayBufferView {
  if (type === binding.TF_BOOL) return Uint8Array.from(data);
  return type === binding.TF_INT32 ? Int32Array.from(data) : Float32Array.from(data);
}

function encode(binding: NativeBinding, { name, type, value }: NativeAttribute): Buffer {
  // The addon takes untyped values; which of these casts is right is what `type` says.
  switch (type) {
    case binding.TF_ATTR_TYPE:
      return Array.isArray(value) ? attributeValue.types(value) : attributeValue.type(value as number);
    case binding.TF_ATTR_INT:
      return Array.isArray(value) ? attributeValue.ints(value) : attributeValue.int(value as number);
    case binding.TF_ATTR_FLOAT:
      return Array.isArray(value) ? attributeValue.floats(value) : attributeValue.float(value as number);
    case binding.TF_ATTR_BOOL:
      return Array.isArray(value) ? attributeValue.bools(value) : attributeValue.bool(value as boolean);
    case binding.TF_ATTR_STRING:
      return Array.isArray(value) ? attributeValue.strings(value) : attributeValue.string(value as string);
    case binding.TF_ATTR_SHAPE:
      return attributeValue.shape(value as number[]);
    default:
      throw new SpecbookError("EngineError", "an operation cannot be traced", {
        got: `attribute ${name} of kind ${type}`,
        needed: "an attribute that is a type, number, text, shape or a list of these",
        remedy: "train with trace: false and report the model that did this",
      });
  }
}

function untraced(operation: string): SpecbookError {
  return new SpecbookError("EngineError", "a tensor from outside reached a traced step", {
    got: `an input of ${operation} that is neither a parameter, nor a batch, nor made from numbers inside the step`,
    needed: "a step that depends on its parameters and its batch alone",
    remedy: "train with trace: false and report the model that did this",
  });
}
