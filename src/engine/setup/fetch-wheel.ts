import { copyFile, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { formatBytes, matchesChecksum, SpecbookError, sha256Of } from "../../core";
import { runOrThrow } from "./command";
import { pythonWithPip } from "./python";
import type { SetupStep, StepPlace } from "./step";
import { type Wheel, wheelDownloadArguments, wheelFile } from "./wheels";

/** Where the wheel lies in an engine folder in the making. */
export const WHEEL_FOLDER = "wheel";

/**
 * Downloads TensorFlow's Python wheel through pip, which knows the user's mirror and proxy, and checks its SHA-256.
 *
 * @param file - a wheel that a person has brought instead (a machine without internet access); it is checked all the same.
 */
export function fetchWheel(wheel: Wheel, file?: string): SetupStep {
  const how = file === undefined ? "by pip" : `from ${file}`;
  return {
    name: "wheel",
    title: `TensorFlow's wheel ${wheelFile(wheel)} (${formatBytes(wheel.size)}) ${how}`,
    key: wheel.sha256,
    async run(place) {
      const folder = join(place.scratch, WHEEL_FOLDER);
      await mkdir(folder);
      if (file === undefined) await downloadByPip(wheel, folder, place);
      else await bring(file, join(folder, wheelFile(wheel)));
      place.progress("checking its SHA-256");
      await check(join(folder, wheelFile(wheel)), wheel);
      await rm(join(place.folder, WHEEL_FOLDER), { recursive: true, force: true });
      await rename(folder, join(place.folder, WHEEL_FOLDER));
    },
  };
}

async function bring(file: string, to: string): Promise<void> {
  try {
    await copyFile(file, to);
  } catch (cause) {
    throw new SpecbookError("FileError", "The wheel cannot be read.", {
      got: cause instanceof Error ? cause.message : String(cause),
      needed: `the file ${basename(to)}`,
      remedy: "Correct the path after --wheel.",
      cause,
    });
  }
}

async function downloadByPip(wheel: Wheel, folder: string, { scratch, signal, progress }: StepPlace): Promise<void> {
  const python = await pythonWithPip(scratch, signal);
  const temporary = join(scratch, "pip");
  await mkdir(temporary);
  // pip shows no progress to a pipe; it downloads into its temporary folder, whose growth tells.
  const watch = setInterval(async () => {
    const share = Math.min(99, Math.floor((100 * (await sizeOfFolder(scratch))) / wheel.size));
    if (share > 0) progress(`${share} %`);
  }, 1000);
  try {
    await runOrThrow("pip download", python, wheelDownloadArguments(wheel, folder), {
      env: { TMPDIR: temporary, TEMP: temporary },
      signal,
      remedy: `Check that pip reaches its index, or bring ${wheelFile(wheel)} and run \`npx specbook setup --wheel FILE\`.`,
    });
  } finally {
    clearInterval(watch);
  }
}

async function check(path: string, wheel: Wheel): Promise<void> {
  if (await matchesChecksum(path, wheel)) return;
  const got = await sha256Of(path).catch(() => "no such file");
  throw new SpecbookError("EngineError", "This is not TensorFlow's published wheel.", {
    got: `SHA-256 ${got}`,
    needed: `SHA-256 ${wheel.sha256} of ${wheelFile(wheel)}`,
    remedy: "Run `npx specbook setup` again; if it stays, ask who runs your Python package mirror.",
  });
}

async function sizeOfFolder(folder: string): Promise<number> {
  let sum = 0;
  for (const name of await readdir(folder, { recursive: true }).catch(() => [])) {
    const file = await stat(join(folder, name)).catch(() => undefined);
    if (file?.isFile()) sum += file.size;
  }
  return sum;
}
