import { Inert, STORAGE_TYPES, type StorageType, TorchStorage, TorchTensor } from "./values";

/** A Python class or function that a pickle names. It is a name here and nothing else: no code is ever run. */
export class Callable {
  constructor(
    readonly name: string,
    /** What calling it gives; undefined where these arguments make no sense. */
    readonly call: (args: readonly unknown[]) => unknown,
    /** The type of storage it stands for. */
    readonly storage?: StorageType,
  ) {}
}

/** The callable of a name, or undefined for one that weights do not need. */
export function callable(module: string, name: string): Callable | undefined {
  const full = `${module}.${name}`;
  if (Object.hasOwn(CALLS, full)) return new Callable(full, CALLS[full]);
  if (module === "torch" && Object.hasOwn(STORAGE_TYPES, name)) {
    return new Callable(full, () => undefined, STORAGE_TYPES[name]);
  }
  if (module.startsWith("torch.optim.")) return new Callable(full, () => new Inert(full));
  return undefined;
}

const CALLS: Readonly<Record<string, Callable["call"]>> = {
  "collections.OrderedDict": dictionary,
  "builtins.dict": dictionary,
  "__builtin__.dict": dictionary,
  "collections.defaultdict": () => new Map(),
  "torch.Size": ([sizes]) => (Array.isArray(sizes) ? sizes : undefined),
  "torch.device": () => new Inert("torch.device"),
  "torch._utils._rebuild_tensor_v2": rebuildTensor,
  "torch._utils._rebuild_parameter": ([tensor]) => (tensor instanceof TorchTensor ? tensor : undefined),
};

/** OrderedDict() or OrderedDict([(key, value), ...]). */
function dictionary([pairs = []]: readonly unknown[]): unknown {
  if (!Array.isArray(pairs)) return undefined;
  return pairs.every((pair) => Array.isArray(pair) && pair.length === 2) ? new Map(pairs) : undefined;
}

/** _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks). */
function rebuildTensor([storage, offset, shape, strides]: readonly unknown[]): unknown {
  if (!(storage instanceof TorchStorage) || !isCount(offset) || !isCounts(shape) || !isCounts(strides))
    return undefined;
  if (shape.length !== strides.length || shape.length > 32) return undefined;
  const last = shape.reduce((sum, size, i) => sum + (size - 1) * strides[i], offset);
  const isEmpty = shape.includes(0);
  return isEmpty || last < storage.count ? new TorchTensor(storage, offset, shape, strides) : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}
