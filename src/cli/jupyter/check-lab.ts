import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SpecbookError } from "../../core";
import { collectOutputs } from "./cell-outputs";
import { startServer } from "./jupyter-server";
import type { KernelSession } from "./kernel-session";
import type { Output } from "./notebook-file";
import type { PreparedLab } from "./prepare-lab";
import { within } from "./time-limit";

/** The cell that `specbook lab --check` runs: the way from data to a chart by a trained network, small. */
export const CHECK_CELL = `const { image, spectra } = await simulate.nanoparticleArray({ seed: 1, rows: 20, columns: 20, channels: 48 });
const pairs = windows(image, spectra, { size: 8 });
const model = im2spec({ ...shapes(pairs), latent: 2, seed: 1 });
const run = await fit(model, pairs, { epochs: 2, seed: 1 });
console.log("specbook", VERSION, "on Node", process.versions.node, "engine", run.engine, "loss", run.epochs[1].loss);
plot.nmf(await nmf(spectra, { components: 3, seed: 1 }))`;

/**
 * Does what opening a notebook does, without a browser: starts the server, opens a kernel through its REST and
 * WebSocket interface, runs `CHECK_CELL`, says what answered, and stops.
 *
 * @throws EngineError when a step fails or the cell does not end with a chart within `seconds` (default 180)
 */
export async function checkLab(
  prepared: PreparedLab,
  onProgress: (line: string) => void,
  seconds = 180,
): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "specbook-check-"));
  const begin = performance.now();
  const elapsed = () => `${((performance.now() - begin) / 1000).toFixed(1)} s`;
  const server = await startServer({ command: prepared.lab.command, dataDirectory: prepared.dataDirectory, root });
  try {
    onProgress(`server answers after ${elapsed()}: ${server.url}`);
    const kernel = await server.openKernel("check.ipynb");
    const outputs = await within(seconds, runCell(kernel, onProgress, elapsed), () => tooLate(seconds));
    requireChart(outputs);
    for (const output of outputs) onProgress(describe(output));
    await kernel.close();
  } finally {
    await server.stop();
    rmSync(root, { recursive: true, force: true });
  }
  onProgress(`server stopped; all is well after ${elapsed()}`);
}

async function runCell(
  kernel: KernelSession,
  onProgress: (line: string) => void,
  elapsed: () => string,
): Promise<Output[]> {
  const info = await kernel.info();
  onProgress(`kernel answers after ${elapsed()}: ${info.implementation} ${info.implementation_version}`);
  const collector = collectOutputs();
  const outputs = collector.begin();
  const { status } = await kernel.execute(CHECK_CELL, collector.take);
  if (status !== "ok") throw failed(outputs);
  onProgress(`cell ended after ${elapsed()}`);
  return outputs;
}

const CHART = "application/vnd.vegalite.v5+json";

function requireChart(outputs: readonly Output[]): void {
  if (!outputs.some((output) => "data" in output && typeof output.data[CHART] === "object")) throw failed(outputs);
}

function describe(output: Output): string {
  if (output.output_type === "stream") return output.text.trimEnd();
  if (output.output_type === "error") return output.traceback.join("\n");
  const kinds = Object.entries(output.data).map(
    ([type, value]) => `${type} ${(JSON.stringify(value).length / 1000).toFixed(1)} kB`,
  );
  return `output: ${kinds.join(", ")}`;
}

const failed = (outputs: readonly Output[]) =>
  new SpecbookError("EngineError", "The cell did not end with a chart.", {
    got: outputs.map(describe).join("\n") || "no output",
    needed: `an output of type ${CHART}, drawn from a small simulated data set`,
    remedy: `open a notebook and run this cell by hand:\n${CHECK_CELL}`,
  });

const tooLate = (seconds: number) =>
  new SpecbookError("EngineError", "The cell did not end in time.", {
    got: `no end within ${seconds} s`,
    needed: "the end of a cell that takes a few seconds",
    remedy: "run `specbook doctor`; if the machine is busy, try again later",
  });
