import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LAYOUT, type TfjsPackage } from "../recipe";
import { runOrThrow } from "./command";
import { pythonWithPip } from "./python";
import type { SetupStep } from "./step";
import { CUDA_DISTRIBUTIONS, cudaInstallArguments } from "./wheels";

/** The folder that TensorFlow's libraries search for CUDA: their run path holds `$ORIGIN/../nvidia/<part>/lib`. */
export const cudaFolder = (name: TfjsPackage): string => join(dirname(LAYOUT.libraries(name)), "nvidia");

/** Installs the CUDA libraries of NVIDIA's own wheels beside TensorFlow. The driver (libcuda) is the system's. */
export function cudaLibraries(name: TfjsPackage): SetupStep {
  return {
    name: "cuda",
    title: "CUDA 12 and cuDNN 9 (NVIDIA's wheels, about 2.5 GB) by pip",
    key: CUDA_DISTRIBUTIONS.join(" "),
    async run({ folder, scratch, signal }) {
      const python = await pythonWithPip(scratch, signal);
      const site = join(scratch, "site");
      const temporary = join(scratch, "pip");
      await mkdir(temporary);
      await runOrThrow("pip install of the CUDA libraries", python, cudaInstallArguments(site), {
        env: { TMPDIR: temporary },
        signal,
        remedy: "Check that pip reaches its index and that the disk has 8 GB free, then run it again.",
      });
      const place = join(folder, cudaFolder(name));
      await rm(place, { recursive: true, force: true });
      await rename(join(site, "nvidia"), place);
    },
  };
}
