import { createRandom } from "../../../src/core";
import { type CellRun, KernelClient, type KernelOptions } from "../../support/kernel-client";
import { AFTER, KINDS, SETUP, TIDY } from "./kinds";

const LIMIT = 1000; // ms that a stop may take
const HANG = 30_000;

/** What the stops of one kind of code came to. */
export interface KindResult {
  readonly kind: string;
  readonly interrupts: number;
  /** Ended with KeyboardInterrupt. */
  readonly stopped: number;
  /** Within a second. */
  readonly in_time: number;
  /** The next cell ran. */
  readonly alive: number;
  /** Variables as before, finally blocks run to their end. */
  readonly kept: number;
  /** Nothing of the cell ran on. */
  readonly quiet: number;
  readonly median_ms: number;
  readonly max_ms: number;
  readonly problems: readonly string[];
}

/** How a series of interrupts is made. */
export interface InterruptOptions extends KernelOptions {
  readonly interrupts: number;
  readonly seed?: number;
  readonly onProgress?: (line: string) => void;
}

/** The series as a whole. */
export interface InterruptResult {
  readonly node: string;
  readonly interrupts: number;
  readonly stopped: number;
  readonly in_time: number;
  readonly alive: number;
  readonly kept: number;
  readonly quiet: number;
  readonly hangs: number;
  readonly median_ms: number;
  readonly max_ms: number;
  readonly resident_mb: { readonly before: number; readonly after: number };
  readonly seconds: number;
  readonly kinds: readonly KindResult[];
}

interface Tally {
  interrupts: number;
  stopped: number;
  in_time: number;
  alive: number;
  kept: number;
  quiet: number;
  readonly times: number[];
  readonly problems: Set<string>;
}

/** The middle of some numbers. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

const describe = ({ status, error, text }: CellRun) => (error ? `${error.name}: ${error.value}` : `${status} ${text}`);

/** The work's result; undefined if it takes longer than `ms`. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  const result = await Promise.race([work, late]);
  clearTimeout(timer);
  return result;
}

/** Presses stop `interrupts` times, each kind of code as often as the others, in random order, at random moments. */
export async function soakInterrupts(options: InterruptOptions): Promise<InterruptResult> {
  const { interrupts, seed = 1, onProgress = () => {} } = options;
  const random = createRandom(seed);
  const names = Object.keys(KINDS);
  const tallies = new Map<string, Tally>();
  let hangs = 0;
  let kernel = await prepared(options);
  const resident = { before: await residentOf(kernel), after: 0 };
  const node = (await kernel.run("process.version")).result?.replaceAll("'", "") ?? "?";
  const begin = performance.now();
  let order: number[] = [];
  for (let i = 0; i < interrupts; i++) {
    if (order.length === 0) order = [...random.permutation(names.length)];
    const kind = names[order.pop()!];
    const tally = tallies.get(kind) ?? empty();
    tallies.set(kind, tally);
    if (!(await stopOnce(kernel, kind, 60 + 290 * random.uniform(), tally))) {
      hangs++;
      await kernel.close();
      kernel = await prepared(options);
    }
    if ((i + 1) % 50 === 0) {
      const ms = Math.round(performance.now() - begin);
      onProgress(`${node}: ${i + 1} interrupts, ${ms} ms, ${hangs} hangs, ${await residentOf(kernel)} MB`);
    }
  }
  resident.after = await residentOf(kernel);
  await kernel.close();
  const all = [...tallies.values()];
  const sum = (key: "interrupts" | "stopped" | "in_time" | "alive" | "kept" | "quiet") =>
    all.reduce((total, tally) => total + tally[key], 0);
  const times = all.flatMap((tally) => tally.times);
  return {
    node,
    interrupts: sum("interrupts"),
    stopped: sum("stopped"),
    in_time: sum("in_time"),
    alive: sum("alive"),
    kept: sum("kept"),
    quiet: sum("quiet"),
    hangs,
    median_ms: Math.round(median(times)),
    max_ms: Math.round(Math.max(...times)),
    resident_mb: resident,
    seconds: Math.round((performance.now() - begin) / 1000),
    kinds: names.filter((kind) => tallies.has(kind)).map((kind) => toResult(kind, tallies.get(kind)!)),
  };
}

const empty = (): Tally => ({
  interrupts: 0,
  stopped: 0,
  in_time: 0,
  alive: 0,
  kept: 0,
  quiet: 0,
  times: [],
  problems: new Set(),
});

const toResult = (kind: string, { times, problems, ...counts }: Tally): KindResult => ({
  kind,
  ...counts,
  median_ms: Math.round(median(times)),
  max_ms: Math.round(Math.max(...times)),
  problems: [...problems],
});

async function prepared(options: KernelOptions): Promise<KernelClient> {
  const kernel = await KernelClient.start(options);
  const { error } = await kernel.run(SETUP);
  if (error) throw new Error(error.traceback);
  return kernel;
}

/** Megabytes that the kernel holds after a garbage collection of its own time. */
export async function residentOf(kernel: KernelClient): Promise<number> {
  return Number((await kernel.run("Math.round(process.memoryUsage().rss / 1e6)")).result);
}

/** One stop and what must hold after it; false if the kernel has to be started anew. */
async function stopOnce(kernel: KernelClient, kind: string, stopAfter: number, tally: Tally): Promise<boolean> {
  tally.interrupts++;
  const run = await within(HANG, kernel.run(KINDS[kind], { stopAfter }));
  if (run === undefined) {
    tally.problems.add("did not stop");
    return false;
  }
  const { stopMs = Number.NaN } = run;
  if (run.error?.name === "KeyboardInterrupt") {
    tally.stopped++;
    tally.times.push(stopMs);
    if (stopMs <= LIMIT) tally.in_time++;
  } else tally.problems.add(describe(run).slice(0, 200));
  const after = await within(HANG, kernel.run(AFTER));
  if (after?.result === undefined) {
    tally.problems.add(`after it: ${after === undefined ? "no answer" : describe(after).slice(0, 200)}`);
    return false;
  }
  tally.alive++;
  const [kept, ticked, cleaned] = JSON.parse(after.result.slice(1, -1));
  const isTidy = !TIDY.includes(kind) || cleaned === -1;
  if (JSON.stringify(kept) === '{"answer":42,"list":[1,2,3]}' && isTidy) tally.kept++;
  else tally.problems.add(`left behind: ${after.result}`);
  if (ticked === 0) tally.quiet++;
  else tally.problems.add(`${ticked} ticks after the stop`);
  return true;
}
