import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "../../core";
import type { SetupReport, SetupStep } from "./step";

/** What `runSteps` makes and how. */
export interface StepsOptions {
  /** The finished folder. It appears complete, by rename, or not at all. */
  readonly target: string;
  readonly steps: readonly SetupStep[];
  /** True if `target` is already what the steps would make. */
  readonly isReady: () => Promise<boolean>;
  /** Called with the finished but not yet named folder: the last checks and the record that marks it complete. */
  readonly finish: (folder: string) => Promise<void>;
  readonly report: SetupReport;
  readonly signal?: AbortSignal;
}

const RECORD = "finished-steps.json";
const SCRATCH = "scratch-";

/**
 * Runs the steps one after another in `<target>.partial` and renames that to `target`. Steps that an interrupted run
 * has finished are skipped. Of two processes the second waits and then finds the work done.
 *
 * @returns false if `target` was ready and nothing had to be done.
 */
export function runSteps(options: StepsOptions): Promise<boolean> {
  const { target, report, signal } = options;
  const onWait = ({ pid, host }: { pid: number; host: string }) =>
    report({ step: "Another setup", state: "waiting", text: `process ${pid} on ${host} is at it` });
  return withLock(
    target,
    async () => {
      if (await options.isReady()) return false;
      const partial = `${target}.partial`;
      await mkdir(partial, { recursive: true });
      await removeScratch(partial);
      await runAll(partial, options);
      await options.finish(partial);
      await rm(join(partial, RECORD), { force: true });
      await replace(partial, target);
      return true;
    },
    { signal, onWait },
  );
}

async function runAll(partial: string, { steps, report, signal }: StepsOptions): Promise<void> {
  const finished = await readRecord(partial);
  for (const step of steps) {
    if (finished[step.name] === step.key) {
      report({ step: step.title, state: "skipped", text: "done before" });
      continue;
    }
    report({ step: step.title, state: "started" });
    const begun = performance.now();
    const scratch = await mkdtemp(join(partial, SCRATCH));
    const progress = (text: string) => report({ step: step.title, state: "progress", text });
    try {
      await step.run({ folder: partial, scratch, signal, progress });
    } finally {
      await remove(scratch);
    }
    // What follows a step that was done again is done again too: it was built on the old result.
    for (const later of steps.slice(steps.indexOf(step))) delete finished[later.name];
    finished[step.name] = step.key;
    await writeRecord(partial, finished);
    report({ step: step.title, state: "done", seconds: (performance.now() - begun) / 1000 });
  }
}

async function readRecord(partial: string): Promise<Record<string, string>> {
  try {
    return JSON.parse(await readFile(join(partial, RECORD), "utf8"));
  } catch {
    return {};
  }
}

async function writeRecord(partial: string, finished: Record<string, string>): Promise<void> {
  const path = join(partial, RECORD);
  await writeFile(`${path}.new`, JSON.stringify(finished, null, 2));
  await rename(`${path}.new`, path);
}

async function removeScratch(partial: string): Promise<void> {
  const names = await readdir(partial);
  await Promise.all(names.filter((name) => name.startsWith(SCRATCH)).map((name) => remove(join(partial, name))));
}

/** The child of a setup that was killed may still be writing there: what cannot go now goes at the next run. */
async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
}

/** An incomplete or damaged folder of that name makes way. */
async function replace(partial: string, target: string): Promise<void> {
  const old = `${target}.old-${process.pid}`;
  const moved = await rename(target, old).then(
    () => true,
    () => false,
  );
  await rename(partial, target);
  if (moved) await remove(old);
}
