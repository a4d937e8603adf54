import { readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isSpecbookError, SpecbookError, sha256Of, sizeOf, VERSION } from "../../core";
import { engineDirectory } from "../find";
import { type Ready, type ReadyFile, readReady } from "../ready";
import { LAYOUT, RECIPE, TFJS_VERSION, type TfjsPackage } from "../recipe";
import { buildAddon } from "./build-addon";
import { checkRoom } from "./check-room";
import { cudaLibraries } from "./cuda-libraries";
import { fetchWheel, WHEEL_FOLDER } from "./fetch-wheel";
import { installTfjs } from "./install-tfjs";
import { runSteps } from "./run-steps";
import { selfTest } from "./self-test";
import type { SetupReport, SetupStep } from "./step";
import { stockDownload } from "./stock";
import { INCLUDE_FOLDER, unpackWheel } from "./unpack-wheel";
import { wheelFor } from "./wheels";

/** Which engine to set up, and how. */
export interface SetupOptions {
  /** The CUDA build (NVIDIA, Linux x64). Default false. */
  readonly gpu?: boolean;
  /** Make it again even if it is there. Default false. */
  readonly force?: boolean;
  /** A wheel that was brought by hand, for machines without internet access. */
  readonly wheel?: string;
  readonly signal?: AbortSignal;
  readonly report?: SetupReport;
}

/** What was set up. */
export interface SetupResult {
  readonly directory: string;
  readonly ready: Ready;
  /** False if it was there already. */
  readonly changed: boolean;
}

type Way = "wheel" | "stock";

/** Bytes that the folder needs while it is made. */
const ROOM = { cpu: 1.6e9, gpu: 9e9 } as const;

/**
 * Gets the native engine into the cache: TensorFlow's Python wheel and a compiled addon; where that fails, tfjs-node's
 * own download. Finished steps survive an interruption; two processes at once do the work once.
 *
 * @throws EngineError with the reason of each way if neither works (specbook then runs on the wasm engine);
 *   CancelledError on `signal`.
 */
export async function setupEngine(options: SetupOptions = {}): Promise<SetupResult> {
  const { gpu = false, report = () => {} } = options;
  const kind = gpu ? "gpu" : "cpu";
  const failures: string[] = [];
  for (const way of ["wheel", "stock"] as const) {
    try {
      const steps = stepsOf(kind, way, options.wheel);
      const made = await makeEngine(kind, way, steps, options);
      await rm(`${engineDirectory(kind, way === "wheel" ? "stock" : "wheel")}.partial`, {
        recursive: true,
        force: true,
      });
      return made;
    } catch (error) {
      if (!isSpecbookError(error, "EngineError")) throw error;
      report({ step: WAY_TITLES[way], state: "failed", text: error.message });
      failures.push(`${WAY_TITLES[way]}: ${error.message.split("\n")[0]} ${error.remedy}`);
    }
  }
  throw new SpecbookError("EngineError", "The native engine could not be set up.", {
    got: failures.map((line) => `\n    - ${line}`).join(""),
    needed: "one way that works",
    remedy: "Follow one of the hints above. Until then everything runs on the slower wasm engine.",
  });
}

const WAY_TITLES: Readonly<Record<Way, string>> = {
  wheel: "TensorFlow's wheel",
  stock: "tfjs-node's own download",
};

/**
 * The steps of one way on one platform.
 *
 * @throws EngineError if that platform has no such build.
 */
export function stepsOf(
  kind: "cpu" | "gpu",
  way: Way,
  file?: string,
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
): SetupStep[] {
  const name: TfjsPackage = kind === "gpu" ? "@tensorflow/tfjs-node-gpu" : "@tensorflow/tfjs-node";
  if (way === "stock") {
    if (kind === "gpu" && (platform === "darwin" || arch !== "x64")) throw noBuild(kind, platform, arch);
    return [installTfjs(name), stockDownload(name)];
  }
  const wheel = wheelFor(kind, platform, arch);
  if (wheel === undefined) throw noBuild(kind, platform, arch);
  const cuda = kind === "gpu" ? [cudaLibraries(name)] : [];
  return [installTfjs(name), fetchWheel(wheel, file), unpackWheel(wheel, name), ...cuda, buildAddon(wheel, name)];
}

async function makeEngine(
  kind: "cpu" | "gpu",
  way: Way,
  steps: readonly SetupStep[],
  { force = false, signal, report = () => {} }: SetupOptions,
): Promise<SetupResult> {
  const target = engineDirectory(kind, way);
  const name: TfjsPackage = kind === "gpu" ? "@tensorflow/tfjs-node-gpu" : "@tensorflow/tfjs-node";
  const finish = async (folder: string) => {
    report({ step: SELF_TEST, state: "started" });
    const begun = performance.now();
    const { tensorflow, device } = await selfTest(folder, name, signal);
    for (const rest of [WHEEL_FOLDER, INCLUDE_FOLDER]) await rm(join(folder, rest), { recursive: true, force: true });
    const made = { recipe: RECIPE, package: name, way, tensorflow, tfjs: TFJS_VERSION, specbook: VERSION, device };
    const ready: Ready = { ...made, files: await describeFiles(folder, name) };
    await writeFile(join(folder, LAYOUT.ready), JSON.stringify(ready, null, 2));
    const text = `TensorFlow ${tensorflow} computes on the ${device.toUpperCase()}`;
    report({ step: SELF_TEST, state: "done", text, seconds: (performance.now() - begun) / 1000 });
  };
  const isReady = async () => !force && (await isIntact(target, report));
  if (force || readReady(target) === undefined) await checkRoom(dirname(target), ROOM[kind]);
  const changed = await runSteps({ target, steps, isReady, finish, report, signal });
  return { directory: target, ready: readReady(target) as Ready, changed };
}

const SELF_TEST = "A matrix product in a separate process";

/** True if the folder is complete and its large files are what they were when the self-test passed. */
async function isIntact(directory: string, report: SetupReport): Promise<boolean> {
  const ready = readReady(directory);
  if (ready === undefined) return false;
  const step = "Checksums of the engine that is there";
  for (const { path, sha256 } of ready.files) {
    if ((await sha256Of(join(directory, path))) === sha256) continue;
    report({ step, state: "failed", text: `${path} has changed: it is made again` });
    return false;
  }
  report({ step, state: "done", text: directory });
  return true;
}

async function describeFiles(folder: string, name: TfjsPackage): Promise<ReadyFile[]> {
  const libraries = await readdir(join(folder, LAYOUT.libraries(name)), { withFileTypes: true });
  const paths = [LAYOUT.addon(name), LAYOUT.quiet];
  for (const entry of libraries) if (entry.isFile()) paths.push(`${LAYOUT.libraries(name)}/${entry.name}`);
  const files: ReadyFile[] = [];
  for (const path of paths) {
    const size = await sizeOf(join(folder, path));
    if (size !== undefined) files.push({ path, size, sha256: await sha256Of(join(folder, path)) });
  }
  return files;
}

function noBuild(kind: string, platform: string, arch: string): SpecbookError {
  return new SpecbookError("EngineError", `There is no such ${kind === "gpu" ? "CUDA" : "CPU"} build.`, {
    got: `${platform} ${arch}`,
    needed:
      kind === "gpu" ? "Linux on x64 (or Windows on x64 by the stock download)" : "Linux x64 or arm64, macOS arm64",
    remedy: kind === "gpu" ? "Run `npx specbook setup` without --gpu." : "The stock download is tried next.",
  });
}
