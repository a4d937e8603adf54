import { runCommand } from "../jupyter/commands";
import type { EngineExamination } from "./examine-engine";
import type { GpuReport, Problem } from "./report";

/** Whether an NVIDIA GPU is there and used; where a CUDA build does not use it, why. */
export async function examineGpu(examined: EngineExamination): Promise<{ gpu: GpuReport; problems: Problem[] }> {
  const query = ["--query-gpu=name,driver_version", "--format=csv,noheader"];
  const { code, stdout } = await runCommand("nvidia-smi", query, { seconds: 20 });
  const present = code === 0 && stdout.trim() !== "" ? stdout.trim().split("\n")[0].replace(", ", ", driver ") : null;
  const used = examined.engine.name === "native-gpu";
  return { gpu: { present, used }, problems: gpuProblems(present, examined) };
}

/** What keeps the GPU from being used, read from TensorFlow's own log. */
export function gpuProblems(present: string | null, { engine, cuda, log }: EngineExamination): Problem[] {
  if (engine.name === "native-gpu" || engine.name === null) return [];
  if (!cuda) {
    if (present === null || process.platform !== "linux") return [];
    return [{ what: `${present} is not used: the CPU build is set up.`, remedy: "Run `npx specbook setup --gpu`." }];
  }
  const what = "The CUDA build is set up but computes on the CPU:";
  if (present === null)
    return [
      { what: `${what} no NVIDIA driver answers.`, remedy: "Install NVIDIA's driver (525 or newer), or use the CPU." },
    ];
  const missing = [...log.matchAll(/Could not load dynamic library '([^']+)'/g)].map((match) => match[1]);
  if (missing.length > 0 || /Cannot dlopen some GPU libraries/.test(log)) {
    const which = missing.length > 0 ? missing.join(", ") : "some CUDA libraries";
    return [{ what: `${what} ${which} cannot be loaded.`, remedy: "Run `npx specbook setup --gpu --force`." }];
  }
  const reason =
    /^.*(?:cuda|cuInit|CUDA_ERROR|gpu).*$/im.exec(log)?.[0].replace(/^.*?\] /, "") ?? "it gives no reason.";
  const remedy = "Check `nvidia-smi`, the driver's version (525 or newer) and CUDA_VISIBLE_DEVICES.";
  return [{ what: `${what} TensorFlow says: ${reason}`, remedy }];
}
