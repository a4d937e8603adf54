import { isSpecbookError } from "../../core";
import { engineChoice, findEngine, loadEngine, selfTest, TFJS_VERSION } from "../../engine";
import type { EngineReport, Problem } from "./report";

/** The engine as it is, with TensorFlow's log for the GPU's examination. */
export interface EngineExamination {
  readonly engine: EngineReport;
  readonly problems: readonly Problem[];
  /** True if the engine is a CUDA build. */
  readonly cuda: boolean;
  readonly log: string;
}

const NOTHING = { name: null, device: null, tensorflow: null, tfjs: TFJS_VERSION, directory: null } as const;

/** Has the engine that a notebook would get multiply two matrices: a native one in a process of its own. */
export async function examineEngine(): Promise<EngineExamination> {
  try {
    const choice = engineChoice();
    const found = findEngine(choice);
    if (found === undefined) return await examineWasm(choice === "wasm");
    const { tensorflow, device, log } = await selfTest(found.directory, found.package);
    const name = device === "gpu" ? "native-gpu" : "native-cpu";
    const engine = { name, device, tensorflow, tfjs: TFJS_VERSION, directory: found.directory } as const;
    const cuda = found.package.endsWith("-gpu");
    const missed = choice === "gpu" && device === "cpu";
    const what = "SPECBOOK_ENGINE=gpu is set, but the engine computes on the CPU, so no engine would be loaded.";
    const problems = missed ? [{ what, remedy: "See the GPU's problem, or unset SPECBOOK_ENGINE." }] : [];
    return { engine, problems, cuda, log };
  } catch (error) {
    if (!isSpecbookError(error)) throw error;
    return { engine: NOTHING, problems: [problemOf(error)], cuda: false, log: "" };
  }
}

async function examineWasm(wanted: boolean): Promise<EngineExamination> {
  const { tf, name } = await loadEngine(); // throws where SPECBOOK_ENGINE insists on a native one
  const product = tf.tidy(() => tf.matMul(tf.ones([8, 8]), tf.ones([8, 8])).dataSync());
  const problems: Problem[] = [];
  if (!product.every((value) => value === 8))
    problems.push({ what: "The wasm engine computes wrongly.", remedy: "Run `npm ci`, or try another Node." });
  if (!wanted)
    problems.push({ what: "Training is many times slower on the wasm engine.", remedy: "Run `npx specbook setup`." });
  const engine = { name, device: "cpu", tensorflow: null, tfjs: TFJS_VERSION, directory: null } as const;
  return { engine, problems, cuda: false, log: "" };
}

/** A specbook error as a problem on one line each. */
function problemOf({ message, got, remedy }: { message: string; got: string; remedy: string }): Problem {
  return { what: `${message.split("\n")[0]} Got: ${got}`, remedy };
}
