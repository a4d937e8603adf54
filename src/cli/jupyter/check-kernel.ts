import { tmpdir } from "node:os";
import { SpecbookError } from "../../core";
import { collectOutputs } from "./cell-outputs";
import { startKernel } from "./kernel-process";
import type { KernelSpec } from "./kernel-spec";

/** What a kernel said when it was started just now. */
export interface KernelAnswer {
  /** "specbook" */
  readonly implementation: string;
  readonly version: string;
  /** From the start of the process to the end of its first cell. */
  readonly seconds: number;
}

/**
 * Starts the kernel of a kernelspec, runs one cell, and ends it.
 *
 * @throws EngineError if it does not start, stays silent, or gives the wrong output
 */
export async function askKernel(spec: KernelSpec): Promise<KernelAnswer> {
  const begin = performance.now();
  const kernel = await startKernel(spec, tmpdir());
  try {
    const info = await kernel.info();
    const outputs = collectOutputs();
    const cell = outputs.begin();
    await kernel.execute('console.log("answer", 6 * 7);', outputs.take);
    const text = cell.map((output) => ("text" in output ? output.text : "")).join("");
    if (text.trim() !== "answer 42") {
      throw new SpecbookError("EngineError", "The kernel runs, but a cell gives the wrong output.", {
        got: JSON.stringify(cell).slice(0, 400),
        needed: "the line `answer 42`",
        remedy: "npm ci && npm run build, then install again",
      });
    }
    const seconds = Math.round((performance.now() - begin) / 100) / 10;
    return { implementation: String(info.implementation), version: String(info.implementation_version), seconds };
  } finally {
    await kernel.shutdown();
  }
}

/** The answer in one line. */
export function answerText({ implementation, version, seconds }: KernelAnswer): string {
  return `kernel answers: ${implementation} ${version}, first cell after ${seconds.toFixed(1)} s`;
}
