import { existsSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node" with { "resolution-mode": "import" };
import { sharedData } from "./shared-folder";

/** Closes the run with one line that any machine can read: `N passed, N failed, N skipped`. */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      let tests = 0;
      for (const test of module.children.allTests()) {
        tests++;
        const { state } = test.result();
        if (state === "passed" || state === "failed") count[state]++;
        else count.skipped++;
      }
      if (tests === 0 && !module.ok()) count.failed++; // a file that could not be loaded has no tests to count
    }
    if (!existsSync(sharedData)) {
      console.log(`no shared test data at ${sharedData} (SPECBOOK_SHARED): the tests that read them count as skipped`);
    }
    console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  }
}
