import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "vitest";
import { sharedData, sharedFolder } from "./shared-folder";

/** The path of a file of the shared test data, e.g. `shared("data/fto/x.npy")`. */
export function shared(path: string): string {
  return join(sharedFolder, path);
}

/** True where the shared test data lie beside the project. */
export const hasShared: boolean = existsSync(sharedData);

/** `test` for cases that read the shared data: skipped, and counted as skipped, where they are absent. */
export const testShared: ReturnType<typeof test.skipIf> = test.skipIf(!hasShared);
