import { totalmem } from "node:os";
import { SpecbookError } from "./errors";

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** A share of the machine that leaves room for the browser, JupyterLab and the engine's own buffers. */
const SHARE = 0.75;

/**
 * The largest single request in bytes: `SPECBOOK_MEMORY_LIMIT` (bytes, or a number with a unit such as `500MB`, `8G`,
 * `4GiB`), else three quarters of the memory of this machine, or of the container it runs in.
 *
 * @throws OptionError if `SPECBOOK_MEMORY_LIMIT` is not such a number.
 */
export function memoryLimit(setting: string | undefined = process.env.SPECBOOK_MEMORY_LIMIT): number {
  if (setting) return parseBytes(setting);
  // 0 where there is no limit that Node knows of; a huge number where the container has none.
  const container = process.constrainedMemory?.() ?? 0;
  const total = container > 0 ? Math.min(container, totalmem()) : totalmem();
  return SHARE * total;
}

/**
 * Refuses a request for memory before anything is allocated, so that a wrong slice or size ends in a message and not
 * in a killed kernel.
 *
 * @param bytes - what is about to be allocated.
 * @param what - its name and shape, e.g. `"the windows [10000, 16, 16, 1]"`.
 * @param remedy - what to type instead, e.g. `"Use a larger stride"`.
 * @throws MemoryError above `memoryLimit()`, or if `bytes` is not a number that memory can have.
 */
export function checkMemory(bytes: number, what: string, remedy: string): void {
  const limit = memoryLimit();
  if (bytes >= 0 && bytes <= limit) return;
  throw new SpecbookError("MemoryError", `Not enough memory for ${what}.`, {
    got: `a request for ${formatBytes(bytes)}`,
    needed: `at most ${formatBytes(limit)} at once (SPECBOOK_MEMORY_LIMIT, or three quarters of this machine's memory)`,
    remedy,
  });
}

/** `1536` as `1.5 kB`, `2.1e9` as `2.1 GB` (powers of ten, as drives and downloads are sold). */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return `${bytes} bytes`;
  let value = bytes;
  let unit = 0;
  const names = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"];
  while (value >= 999.5 && unit < names.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${names[unit]}`;
}

function parseBytes(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?(?:e\d+)?)\s*([KMGT]?)(i?)B?\s*$/i.exec(text);
  const power = UNITS[match?.[2].toUpperCase() ?? ""];
  const bytes = match === null ? 0 : Number(match[1]) * (match[3] ? 1024 ** (Math.log10(power) / 3) : power);
  if (bytes > 0) return bytes;
  throw new SpecbookError("OptionError", "SPECBOOK_MEMORY_LIMIT is not a size.", {
    got: JSON.stringify(text),
    needed: "bytes, or a number with a unit",
    remedy: "Set for example SPECBOOK_MEMORY_LIMIT=8GB, or unset it.",
  });
}
