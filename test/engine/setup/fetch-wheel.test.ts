import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { fetchWheel } from "../../../src/engine/setup/fetch-wheel";
import { pythonWithPip } from "../../../src/engine/setup/python";
import { type Wheel, wheelFile } from "../../../src/engine/setup/wheels";
import { temporaryFolder } from "../../support/temporary";

afterEach(() => vi.unstubAllEnvs());

const CONTENT = "a wheel";
const wheel: Wheel = {
  distribution: "tensorflow-cpu",
  platformTag: "manylinux_2_27_x86_64",
  size: CONTENT.length,
  sha256: createHash("sha256").update(CONTENT).digest("hex"),
  libraries: ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"],
};

function place() {
  const folder = temporaryFolder();
  const scratch = join(folder, "scratch");
  mkdirSync(scratch);
  return { folder, scratch, progress: () => {} };
}

/** Puts programs of this name on the PATH, in front of all others or alone. */
function onPath(programs: Record<string, string>, alone = false): void {
  const bin = temporaryFolder();
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  vi.stubEnv("PATH", alone ? bin : bin + delimiter + process.env.PATH);
}

/** A pip that saves `content` under the wheel's name in the folder after --dest. */
const pipThatGives = (content: string) => `
[ "$3" = download ] || exit 0
while [ "$1" != --dest ]; do shift; done
printf '%s' '${content}' > "$2/${wheelFile(wheel)}"`;

describe.skipIf(process.platform === "win32")("fetchWheel", () => {
  test("puts the wheel that pip gives into the engine folder", async () => {
    onPath({ python3: pipThatGives(CONTENT) });
    const where = place();
    await fetchWheel(wheel).run(where);
    expect(readFileSync(join(where.folder, "wheel", wheelFile(wheel)), "utf8")).toBe(CONTENT);
  });

  test("refuses other bytes than were published", async () => {
    onPath({ python3: pipThatGives("another") });
    const where = place();
    await expect(fetchWheel(wheel).run(where)).rejects.toMatchObject({
      tag: "EngineError",
      needed: expect.stringContaining(wheel.sha256),
    });
    expect(existsSync(join(where.folder, "wheel"))).toBe(false);
  });

  test("says what pip said when it fails, and how to bring the wheel by hand", async () => {
    onPath({ python3: '[ "$3" = download ] || exit 0; echo "no matching distribution" >&2; exit 1' });
    await expect(fetchWheel(wheel).run(place())).rejects.toMatchObject({
      got: expect.stringMatching(/exit code 1[\s\S]*no matching distribution/),
      remedy: expect.stringContaining("--wheel"),
    });
  });

  test("takes a wheel that was brought by hand, after the same check, and leaves it where it is", async () => {
    const bring = (content: string) => {
      const file = join(temporaryFolder(), "brought.whl");
      writeFileSync(file, content);
      return file;
    };
    const where = place();
    const file = bring(CONTENT);
    await fetchWheel(wheel, file).run(where);
    expect(readdirSync(join(where.folder, "wheel"))).toEqual([wheelFile(wheel)]);
    expect(existsSync(file)).toBe(true);
    await expect(fetchWheel(wheel, bring("other")).run(place())).rejects.toThrow(/not TensorFlow's published wheel/);
    await expect(fetchWheel(wheel, "/no/such.whl").run(place())).rejects.toMatchObject({ tag: "FileError" });
  });

  test("stops pip on a stop request", async () => {
    onPath({ python3: '[ "$3" = download ] || exit 0; sleep 60' });
    const begun = Date.now();
    const signal = AbortSignal.timeout(500);
    await expect(fetchWheel(wheel).run({ ...place(), signal })).rejects.toMatchObject({ tag: "CancelledError" });
    expect(Date.now() - begun).toBeLessThan(30_000);
  });
});

describe.skipIf(process.platform === "win32")("pythonWithPip", () => {
  test("takes the first Python that has pip", async () => {
    onPath({ python3: "exit 1", python: "exit 0" });
    expect(await pythonWithPip(temporaryFolder())).toBe("python");
  });

  test("makes a private environment of a Python without pip", async () => {
    onPath({ python3: '[ "$2" = pip ] && exit 1; exit 0' }, true);
    const scratch = temporaryFolder();
    expect(await pythonWithPip(scratch)).toBe(join(scratch, "python/bin/python"));
  });

  test("names Debian's packages where neither is possible", async () => {
    onPath({ python3: '[ "$1" = -m ] && exit 1; exit 0' }, true);
    await expect(pythonWithPip(temporaryFolder())).rejects.toMatchObject({
      got: "python3 with neither pip nor venv",
      remedy: expect.stringContaining("apt install python3-pip python3-venv"),
    });
    onPath({}, true);
    await expect(pythonWithPip(temporaryFolder())).rejects.toMatchObject({ got: "no Python 3 on the PATH" });
  });
});
