import { describeDataset } from "./dataset";
import type { Hdf5File } from "./file";
import { call } from "./file";
import { CLASS } from "./library";

const MOST = 1000;
const LONGEST = 2 ** 24;

/** The texts of a small data set (1,000 texts of 16 MiB at most); undefined for a data set of anything else. */
export function readTexts(file: Hdf5File, path: string): readonly string[] | undefined {
  const { library } = file;
  const metadata = call(file, path, (h5, id) => h5.get_dataset_metadata(id, path));
  const { type, size, total_size: count, vlen, shape } = metadata;
  if (type !== CLASS.string || shape === null || count > MOST || count * size > LONGEST) return undefined;
  if (count === 0 || size === 0 || describeDataset(file, path).isVirtual) return [];
  const rank = shape.length;
  const [counts, offsets, steps] = [shape.map(BigInt), shape.map(() => 0n), shape.map(() => 1n)];
  const pointer = library._malloc(count * size);
  try {
    library.HEAPU8.fill(0, pointer, pointer + count * size);
    const code = call(file, `the texts of ${path}`, (h5, id) =>
      h5.get_dataset_data(id, path, rank ? counts : null, rank ? offsets : null, rank ? steps : null, BigInt(pointer)),
    );
    if (code < 0) return undefined;
    const bytes = library.HEAPU8.slice(pointer, pointer + count * size);
    if (!vlen) {
      return Array.from({ length: count }, (_, i) => upToZero(bytes.subarray(i * size, (i + 1) * size)));
    }
    const texts = Array.from(new Uint32Array(bytes.buffer), (at) =>
      at === 0 ? "" : upToZero(library.HEAPU8.subarray(at, at + LONGEST)),
    );
    library.reclaim_vlen_memory(file.id, path, "", BigInt(pointer));
    return texts;
  } finally {
    library._free(pointer);
  }
}

/** The first text of a small data set; empty where there is none. */
export function readText(file: Hdf5File, path: string): string {
  return readTexts(file, path)?.[0] ?? "";
}

function upToZero(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
