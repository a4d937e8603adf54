import type { Command } from "commander";
import { printSetup } from "./print-setup";
import { stopSignal } from "./stop-signal";

interface SetupFlags {
  gpu?: boolean;
  force?: boolean;
  wheel?: string;
}

/** `specbook setup`: gets the native engine. */
export function register(program: Command): void {
  program
    .command("setup")
    .description("get the native TensorFlow engine into the cache (about 300 MB to download, once)")
    .option("--gpu", "the CUDA build for NVIDIA GPUs on Linux x64 (about 3 GB)")
    .option("--force", "make it again even if it is there")
    .option("--wheel <file>", "a TensorFlow wheel brought by hand, for machines without internet access")
    .action(async ({ gpu, force, wheel }: SetupFlags) => {
      const { setupEngine } = await import("../engine/index.js");
      const { directory, ready, changed } = await setupEngine({
        gpu,
        force,
        wheel,
        signal: stopSignal(),
        report: printSetup(),
      });
      console.log(
        `${changed ? "The engine is ready" : "Nothing to do"}: TensorFlow ${ready.tensorflow} in ${directory}`,
      );
      if (gpu && ready.device === "cpu")
        console.log("TensorFlow finds no GPU and computes on the CPU: `npx specbook doctor` says what is missing.");
    });
}
