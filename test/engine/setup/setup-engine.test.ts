import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { engineDirectory } from "../../../src/engine/find";
import { readReady } from "../../../src/engine/ready";
import { RECIPE } from "../../../src/engine/recipe";
import { checkRoom } from "../../../src/engine/setup/check-room";
import { setupEngine } from "../../../src/engine/setup/setup-engine";
import type { SetupEvent } from "../../../src/engine/setup/step";
import { temporaryFolder } from "../../support/temporary";

beforeEach(() => vi.stubEnv("SPECBOOK_CACHE", temporaryFolder()));
afterEach(() => vi.unstubAllEnvs());

const NAME = "@tensorflow/tfjs-node";
const LIBRARY = `node_modules/${NAME}/deps/lib/library.so`;

/** A finished engine folder of one small file. */
function finished(directory: string): void {
  mkdirSync(dirname(join(directory, LIBRARY)), { recursive: true });
  writeFileSync(join(directory, LIBRARY), "1234");
  const sha256 = createHash("sha256").update("1234").digest("hex");
  const ready = { recipe: RECIPE, package: NAME, tensorflow: "2.21.0", files: [{ path: LIBRARY, size: 4, sha256 }] };
  writeFileSync(join(directory, "ready.json"), JSON.stringify(ready));
}

/** An npm that reaches no registry. */
function withoutNetwork(): void {
  const npm = join(temporaryFolder(), "npm-cli.js");
  writeFileSync(npm, 'console.error("npm error code ECONNREFUSED"); process.exit(1);');
  vi.stubEnv("npm_execpath", npm);
}

describe("setupEngine", () => {
  test("has nothing to do where the engine is there and its files are unchanged", async () => {
    const directory = engineDirectory("cpu", "wheel");
    finished(directory);
    const result = await setupEngine();
    expect(result).toMatchObject({ directory, changed: false, ready: { tensorflow: "2.21.0" } });
  });

  test("without a network says so of each way, and that wasm stays", async () => {
    withoutNetwork();
    const events: SetupEvent[] = [];
    const setup = setupEngine({ report: (event) => events.push(event) });
    await expect(setup).rejects.toMatchObject({
      tag: "EngineError",
      got: expect.stringMatching(/TensorFlow's wheel: npm install failed[\s\S]*own download: npm install failed/),
      remedy: expect.stringContaining("wasm engine"),
    });
    expect(events.filter(({ state }) => state === "failed")).toHaveLength(2);
    expect(readReady(engineDirectory("cpu", "wheel"))).toBeUndefined();
  });

  test("makes an engine again whose library has changed, or when told to", async () => {
    withoutNetwork();
    const directory = engineDirectory("cpu", "wheel");
    finished(directory);
    await expect(setupEngine({ force: true })).rejects.toThrow(/could not be set up/);
    expect(readReady(directory)).toBeDefined(); // a failed repair takes nothing away
    writeFileSync(join(directory, LIBRARY), "1243");
    const events: SetupEvent[] = [];
    await expect(setupEngine({ report: (event) => events.push(event) })).rejects.toThrow(/could not be set up/);
    expect(events[0]).toMatchObject({ state: "failed", text: `${LIBRARY} has changed: it is made again` });
  });

  test("refuses a GPU where there is no CUDA build, in one error", async () => {
    vi.spyOn(process, "platform", "get").mockReturnValue("darwin");
    await expect(setupEngine({ gpu: true })).rejects.toThrow(/no such CUDA build[\s\S]*without --gpu/);
    vi.restoreAllMocks();
  });

  test("stops at once on a signal that has fired, and leaves no lock", async () => {
    await expect(setupEngine({ signal: AbortSignal.abort() })).rejects.toMatchObject({ tag: "CancelledError" });
    const engines = join(process.env.SPECBOOK_CACHE ?? "", "engine");
    expect(existsSync(engines) ? readdirSync(engines).filter((name) => name.endsWith(".lock")) : []).toEqual([]);
  });
});

describe("checkRoom", () => {
  test("refuses a disk with too little room and names the way out", async () => {
    await checkRoom(temporaryFolder(), 1);
    await expect(checkRoom(temporaryFolder(), 1e18)).rejects.toMatchObject({
      tag: "FileError",
      needed: "1.0 EB while it is made",
      remedy: expect.stringContaining("SPECBOOK_CACHE"),
    });
  });
});
