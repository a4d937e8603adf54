import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "vitest";
import { engineChoice, findEngine } from "../../src/engine/find";

/** True after `npm run build` (`npm test` builds first). */
export const isBuilt: boolean = existsSync(resolve(__dirname, "../../dist/kernel/main.js"));

/** `test` for cases that start the compiled kernel: skipped, and counted as skipped, before `npm run build`. */
export const testBuilt: ReturnType<typeof test.skipIf> = test.skipIf(!isBuilt);

/** True where a native engine is set up: a whole notebook takes a quarter of an hour on the wasm engine. */
export const hasNativeEngine: boolean = findEngine(engineChoice()) !== undefined;
