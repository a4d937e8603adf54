import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "vitest";

/** `test` for cases that start the compiled kernel: skipped, and counted, before `npm run build` (`npm test` builds). */
export const testBuilt: ReturnType<typeof test.skipIf> = test.skipIf(
  !existsSync(resolve(__dirname, "../../dist/kernel/main.js")),
);
