import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import type { ReadOptions } from "../../../src/io/signals";

/** Longest time for one damaged file, in seconds. */
export const LONGEST = 5;
/** Largest single allocation, in bytes: the memory limit of the trial. */
export const LIMIT = 256e6;

/** What became of the damaged copies of a file. */
export interface Trial {
  /** Refused with one of specbook's errors. */
  readonly refused: number;
  /** Read, with the numbers and axes of the whole file. */
  readonly right: number;
  /** Read, with other numbers or axes. */
  readonly other: number;
  /** Anything that must not happen: a crash, a hang, another error, too much memory, a file left open. */
  readonly failures: readonly string[];
  /** Seeds of the copies that were read as something else. */
  readonly others: readonly number[];
}

interface Line {
  readonly ready?: boolean;
  readonly seed: number;
  readonly kind: string;
  readonly tag?: string;
  readonly broken?: string;
  readonly read?: "right" | "other";
  readonly seconds: number;
  readonly largest: number;
  readonly leaked: number;
}

/** Reads `count` damaged copies of a file in processes of their own; one that dies or hangs is replaced. */
export async function damageTrial(
  file: string,
  scratch: string,
  count: number,
  { options = {}, mostOpen = 0 }: { options?: ReadOptions; mostOpen?: number } = {},
): Promise<Trial> {
  const lines: Line[] = [];
  const failures: string[] = [];
  for (let next = 0; next < count; ) {
    const { seen, end } = await readOn(file, scratch, next, count, options);
    lines.push(...seen);
    next += seen.length;
    if (next >= count) break;
    failures.push(`seed ${next}: ${end}`);
    next++;
  }
  for (const { seed, kind, broken, seconds, largest, leaked } of lines) {
    if (broken !== undefined) failures.push(`seed ${seed} (${kind}): ${broken}`);
    if (seconds > LONGEST) failures.push(`seed ${seed} (${kind}): ${seconds.toFixed(1)} s`);
    if (largest > LIMIT) failures.push(`seed ${seed} (${kind}): an allocation of ${largest} bytes`);
    if (leaked > mostOpen) failures.push(`seed ${seed} (${kind}): ${leaked} files left open`);
  }
  const others = lines.filter(({ read }) => read === "other");
  return {
    refused: lines.filter(({ tag }) => tag !== undefined).length,
    right: lines.filter(({ read }) => read === "right").length,
    other: others.length,
    others: others.map(({ seed }) => seed),
    failures,
  };
}

/** One process, from a copy on, until it is done, dies, or is silent for too long. */
function readOn(
  file: string,
  scratch: string,
  first: number,
  end: number,
  options: ReadOptions,
): Promise<{ seen: Line[]; end: string }> {
  return new Promise((done) => {
    const script = resolve(__dirname, "child.mjs");
    const args = [
      "--max-old-space-size=512",
      script,
      file,
      scratch,
      String(first),
      String(end),
      JSON.stringify(options),
    ];
    const env = { ...process.env, SPECBOOK_MEMORY_LIMIT: String(LIMIT), NODE_OPTIONS: "" };
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], env });
    const seen: Line[] = [];
    let said = "";
    let isReady = false;
    const kill = () => {
      said = `no answer within ${LONGEST} s`;
      child.kill("SIGKILL");
    };
    // A machine that is busy with other work stops this process too: only the child's own silence counts, with a margin.
    let timer = setTimeout(kill, 60_000);
    child.stderr.on("data", (part: Buffer) => {
      said = (said + part.toString()).slice(-600);
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      clearTimeout(timer);
      timer = setTimeout(kill, 4 * LONGEST * 1000);
      const parsed: Line = JSON.parse(line);
      if (parsed.ready === undefined) seen.push(parsed);
      else isReady = parsed.ready;
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      if (!isReady) said = `the whole file is not read: ${said}`;
      done({ seen, end: said || `the process ended with ${code}` });
    });
  });
}
