import { cacheDirectory, VERSION } from "../../core";
import { examineEngine } from "./examine-engine";
import { examineGpu } from "./examine-gpu";
import { examineJupyter } from "./examine-jupyter";
import type { DoctorReport } from "./report";

/** Examines this installation: everything it says was tried or read just now. */
export async function examine(): Promise<DoctorReport> {
  const examined = await examineEngine();
  const { gpu, problems: gpuProblems } = await examineGpu(examined);
  const { problems: jupyterProblems, ...jupyter } = await examineJupyter();
  return {
    specbook: VERSION,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    engine: examined.engine,
    gpu,
    ...jupyter,
    cache: cacheDirectory(),
    problems: [...examined.problems, ...gpuProblems, ...jupyterProblems],
  };
}

/** The report for a person: one line per part, then each problem with what to do. */
export function describe(report: DoctorReport): string {
  const { engine, gpu, kernel, extension, problems } = report;
  const where = engine.directory === null ? "" : ` in ${engine.directory}`;
  const library = engine.tensorflow === null ? `tfjs ${engine.tfjs}` : `TensorFlow ${engine.tensorflow}`;
  const rows: [string, string][] = [
    ["specbook", `${report.specbook} on Node ${report.node}, ${report.platform}`],
    ["engine", engine.name === null ? "none" : `${engine.name}, computed on the ${engine.device}, ${library}${where}`],
    ["GPU", gpu.present === null ? "none" : `${gpu.present}, ${gpu.used ? "used" : "not used"}`],
    ["Python", report.python ?? "none"],
    ["JupyterLab", report.jupyter ?? "none"],
    ["kernelspec", report.kernelspec ?? "none"],
    ["kernel", kernel === null ? "no answer" : `${kernel.version} answers, first cell after ${kernel.seconds} s`],
    ["extension", extension === null ? "none" : `${extension.version} in ${extension.directory}`],
    ["cache", report.cache],
  ];
  const lines = rows.map(([name, value]) => `${name.padEnd(11)} ${value}`);
  for (const { what, remedy } of problems) lines.push("", `problem:    ${what}`, `do this:    ${remedy}`);
  if (problems.length === 0) lines.push("", "Everything is in place.");
  return lines.join("\n");
}
