import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "vitest";
import { runCommand } from "../../src/cli/jupyter/commands";
import { ensureVenv, findPython } from "../../src/cli/jupyter/python";
import { cacheDirectory, makeFolder, withLock } from "../../src/core";
import { isSpecbookError } from "../../src/core/errors";
import { report } from "./report";

/**
 * The Python readers and methods that ours are measured against, at fixed versions: they need Python 3.11 or newer.
 * The first test that asks installs them into the cache folder: about a minute, 0.9 GB, once.
 */
export const READER_PEERS: readonly string[] = [
  "rosettasciio[hdf5,blockfile,eds-stream,zspy]==0.15.0",
  "hyperspy==2.5.0",
  "exspy==0.3.2",
  "scikit-learn==1.9.1",
  "h5py==3.16.0",
  "zarr==2.18.7",
  "numcodecs==0.15.2",
  "tifffile==2026.3.3",
  "numpy==2.4.6",
  "scipy==1.17.1",
];

const OLDEST_MINOR = 11;
const MINUTE = 60_000;

/** A Python of one's own that has these packages already; then none is made. */
const GIVEN = process.env.SPECBOOK_TEST_PYTHON;

const minor = Number(findPython()?.version.split(".")[1] ?? 0);

/** True where the peers are, or can be tried to be installed. */
const isPossible = GIVEN !== undefined || ((findPython()?.makesEnvironments ?? false) && minor >= OLDEST_MINOR);

/** Runs a Python script with the peers: `peer("script.py", ["argument"])` gives what it printed, parsed as JSON. */
export type Peer = (script: string, args?: readonly string[]) => Promise<unknown>;

/**
 * `test` for cases that run the Python peers: skipped, and counted as skipped, where there is no Python 3.11+ or no
 * package index to install them from.
 */
export function testPeers(name: string, work: (peer: Peer) => Promise<void>): void {
  test.skipIf(!isPossible)(name, { timeout: 25 * MINUTE }, async (context: TestContext) => {
    const python = await peerPython();
    if (python === undefined) context.skip("the Python peers could not be installed");
    else await work((script, args = []) => run(python, script, args));
  });
}

/** The interpreter with the peers; undefined where they cannot be installed. */
async function peerPython(): Promise<string | undefined> {
  if (GIVEN !== undefined) return GIVEN;
  const failed = join(cacheDirectory(), "python", "reader-peers.failed");
  await makeFolder(join(cacheDirectory(), "python"));
  return withLock(failed, async () => {
    // Without a package index every test file would wait for pip to give up.
    if (existsSync(failed) && Date.now() - statSync(failed).mtimeMs < 10 * MINUTE) return undefined;
    const begin = Date.now();
    try {
      const { python, created } = await ensureVenv("reader-peers", READER_PEERS);
      if (created) report("installing the Python peers", `${((Date.now() - begin) / 1000).toFixed(0)} s`);
      return python;
    } catch (error) {
      if (!isSpecbookError(error, "EngineError")) throw error;
      writeFileSync(failed, error.message);
      report("the Python peers", `could not be installed: ${error.got}`);
      return undefined;
    }
  });
}

async function run(python: string, script: string, args: readonly string[]): Promise<unknown> {
  const env = { ...process.env, OMP_NUM_THREADS: "1", MPLBACKEND: "agg", PYTHONWARNINGS: "ignore" };
  const { code, stdout, stderr } = await runCommand(python, [script, ...args], { env, seconds: 600 });
  if (code !== 0) throw new Error(`${script} ended with ${code}: ${stderr.slice(-3000)}`);
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? ""); // whatever was printed before is no result
}
