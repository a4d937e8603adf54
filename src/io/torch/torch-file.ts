import type { FileHandle } from "node:fs/promises";
import { SpecbookError } from "../../core/errors";
import { checkMemory } from "../../core/memory";
import type { NumericArray } from "../npy";
import { decodeNumbers, type NumberArray } from "../number-types";
import { readExactly, withFile } from "../open-file";
import { decodeBfloat16 } from "../safetensors";
import { readZipEntry, type ZipEntry, zipEntries } from "../zip";
import { readPickle } from "./pickle-reader";
import type { TorchStorage, TorchTensor, TorchValue } from "./values";

/** An open file of `torch.save`: what it holds, and the numbers of its tensors. */
export interface TorchFile {
  readonly content: TorchValue;
  read(tensor: TorchTensor): Promise<NumericArray>;
}

const LARGEST_PICKLE = 2 ** 26;

/**
 * Opens a file of `torch.save` (PyTorch 1.6 and later: a zip archive of one pickle and the storages), hands it to `work`
 * and closes it. No code in the pickle is run.
 *
 * @throws FileError, FormatError, MemoryError
 */
export async function withTorchFile<T>(path: string, work: (file: TorchFile) => Promise<T>): Promise<T> {
  return withFile(path, async (file, size) => {
    await checkStart(file, size, path);
    const entries = await zipEntries(file, size, path);
    const pickles = entries.filter(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
    if (pickles.length !== 1) throw notTorch(path, `a zip archive with ${pickles.length} entries "*/data.pkl"`);
    const folder = pickles[0].name.slice(0, -"data.pkl".length);
    const byName = new Map(entries.map((entry) => [entry.name, entry]));
    if (pickles[0].size > LARGEST_PICKLE) throw notTorch(path, `a pickle of ${pickles[0].size} bytes`);
    const content = readPickle(await readZipEntry(file, size, pickles[0], path), path);
    const littleEndian = await isLittleEndian(file, size, byName.get(`${folder}byteorder`), path);
    const storages = new Map<string, Promise<NumberArray>>();
    const numbers = (storage: TorchStorage) => {
      const { key } = storage;
      const entry = byName.get(`${folder}data/${key}`);
      const read = storages.get(key) ?? readStorage(file, size, storage, entry, littleEndian, path);
      storages.set(key, read);
      return read;
    };
    return work({ content, read: async (tensor) => arrange(tensor, await numbers(tensor.storage), path) });
  });
}

async function checkStart(file: FileHandle, size: number, path: string): Promise<void> {
  const start = Buffer.alloc(Math.min(size, 2));
  await readExactly(file, start, 0, path);
  if (start.toString("latin1") === "PK") return;
  const isOld = start[0] === 0x80;
  throw notTorch(
    path,
    isOld ? "a pickle, the format of PyTorch before 1.6" : `${size} bytes of another format`,
    isOld
      ? 'in Python: torch.save(torch.load("old.tar", weights_only=False), "new.tar"), for a file you trust'
      : undefined,
  );
}

async function isLittleEndian(
  file: FileHandle,
  size: number,
  entry: ZipEntry | undefined,
  path: string,
): Promise<boolean> {
  if (entry === undefined) return true; // PyTorch before 2.1 did not say
  const order = Buffer.from(await readZipEntry(file, size, entry, path)).toString("latin1");
  if (order !== "little" && order !== "big") throw notTorch(path, `byte order ${JSON.stringify(order.slice(0, 20))}`);
  return order === "little";
}

async function readStorage(
  file: FileHandle,
  size: number,
  { key, type, count }: TorchStorage,
  entry: ZipEntry | undefined,
  littleEndian: boolean,
  path: string,
): Promise<NumberArray> {
  if (entry === undefined || entry.size !== count * type.bytes) {
    const got = entry === undefined ? `no storage "${key}"` : `${entry.size} bytes in storage "${key}"`;
    throw notTorch(path, `${got} for ${count} numbers of type ${type.dtype}`);
  }
  const bytes = await readZipEntry(file, size, entry, path);
  if (type.dtype !== "bfloat16") return decodeNumbers(bytes, { ...type, littleEndian });
  return decodeBfloat16(littleEndian ? bytes : Buffer.from(bytes).swap16());
}

/** The numbers of a tensor in row-major order. */
function arrange({ storage, offset, shape, strides }: TorchTensor, numbers: NumberArray, path: string): NumericArray {
  const { dtype } = storage.type;
  const count = shape.reduce((a, b) => a * b, 1);
  checkMemory(8 * count, `a tensor of shape [${shape.join(", ")}] in "${path}"`, "check that this is the right file");
  const rowMajor = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  if (shape.every((size, axis) => size === 1 || strides[axis] === rowMajor[axis])) {
    return { data: numbers.slice(offset, offset + count), shape, dtype };
  }
  const data = numbers.slice(0, 0).constructor as new (length: number) => NumberArray;
  const result = new data(count);
  for (let i = 0; i < count; i++) {
    let at = offset;
    for (const [axis, size] of shape.entries()) at += (Math.floor(i / rowMajor[axis]) % size) * strides[axis];
    result[i] = numbers[at];
  }
  return { data: result, shape, dtype };
}

function notTorch(path: string, got: string, remedy?: string): SpecbookError {
  return new SpecbookError("FormatError", `"${path}" is not a file that torch.save wrote`, {
    got,
    needed: "a zip archive with one pickle and the storages of its tensors (PyTorch 1.6 and later)",
    remedy: remedy ?? "in Python: torch.save(model.state_dict(), path)",
  });
}
