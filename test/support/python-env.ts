import { test } from "vitest";
import { findPython } from "../../src/cli/jupyter/python";

export { ensureVenv, type PythonEnvironment } from "../../src/cli/jupyter/python";

/** True where a Python 3.10+ is found that can make environments. */
export const hasPython: boolean = findPython()?.makesEnvironments ?? false;

/** `test` for cases that need Python: skipped, and counted as skipped, where it is absent. */
export const testPython: ReturnType<typeof test.skipIf> = test.skipIf(!hasPython);
