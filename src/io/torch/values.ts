import type { NumberType } from "../number-types";

/** What a file of `torch.save` may hold. A Python dictionary is a Map, a tuple or list an array. */
export type TorchValue =
  | null
  | boolean
  | number
  | string
  | readonly TorchValue[]
  | ReadonlyMap<TorchValue, TorchValue>
  | TorchTensor
  | Inert;

/** A tensor of the file: a view of a storage, whose numbers are read when they are asked for. */
export class TorchTensor {
  constructor(
    readonly storage: TorchStorage,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

/** A run of numbers of one type in the file. */
export class TorchStorage {
  constructor(
    readonly key: string,
    readonly type: StorageType,
    readonly count: number,
  ) {}
}

/** An object that has nothing to do with weights, such as the optimiser that AtomAI saves beside them. */
export class Inert {
  constructor(readonly name: string) {}
}

/** How the numbers of a storage lie in the file, and numpy's name for them. */
export interface StorageType extends Omit<NumberType, "littleEndian"> {
  readonly dtype: string;
}

/** PyTorch's classes of storages. */
export const STORAGE_TYPES: Readonly<Record<string, StorageType>> = {
  FloatStorage: { kind: "float", bytes: 4, dtype: "float32" },
  DoubleStorage: { kind: "float", bytes: 8, dtype: "float64" },
  HalfStorage: { kind: "float", bytes: 2, dtype: "float16" },
  BFloat16Storage: { kind: "float", bytes: 2, dtype: "bfloat16" },
  LongStorage: { kind: "int", bytes: 8, dtype: "int64" },
  IntStorage: { kind: "int", bytes: 4, dtype: "int32" },
  ShortStorage: { kind: "int", bytes: 2, dtype: "int16" },
  CharStorage: { kind: "int", bytes: 1, dtype: "int8" },
  ByteStorage: { kind: "uint", bytes: 1, dtype: "uint8" },
  BoolStorage: { kind: "bool", bytes: 1, dtype: "bool" },
};
