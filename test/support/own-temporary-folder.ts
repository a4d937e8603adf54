import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, vi } from "vitest";

/**
 * Gives a test file its own folder for temporary files, so that it can tell what it leaves from what other files' tests
 * are writing at the same moment. Returns the names in it.
 */
export function ownTemporaryFolder(): () => string[] {
  const own = mkdtempSync(join(tmpdir(), "specbook-test-"));
  beforeEach(() => {
    for (const name of ["TMPDIR", "TEMP", "TMP"]) vi.stubEnv(name, own);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(own, { recursive: true, force: true });
  });
  return () => readdirSync(own);
}
