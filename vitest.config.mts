import { defineConfig } from "vitest/config";

/** What must hold on the wasm engine too, at small size: operations, the training step, every network, and `fit`. */
const WASM = [
  "test/engine/{ops,training}.test.ts",
  "test/models/parity-*.test.ts",
  "test/models/{fit,checkpoint,sample-source,vae-gradient}.test.ts",
];

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ["default", "./test/support/totals-reporter.ts"],
    projects: [
      { extends: true, test: { name: "main", include: ["test/**/*.test.ts"] } },
      {
        extends: true,
        test: { name: "wasm", include: WASM, env: { SPECBOOK_ENGINE: "wasm", SPECBOOK_TEST_SIZE: "small" } },
      },
    ],
    pool: "forks",
    testTimeout: 60_000,
    hookTimeout: 120_000,
    setupFiles: ["test/support/matchers.ts"],
  },
});
