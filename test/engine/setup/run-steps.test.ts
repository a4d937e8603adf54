import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { runSteps } from "../../../src/engine/setup/run-steps";
import type { SetupEvent, SetupStep } from "../../../src/engine/setup/step";
import { temporaryFolder } from "../../support/temporary";

const BUILT = resolve(__dirname, "../../../dist/engine/setup/run-steps.js");
const testBuilt = test.skipIf(!existsSync(BUILT));

/** A step that puts a file of its name into the folder. */
function writes(name: string, key = "1", work: () => void = () => {}): SetupStep {
  const title = `writes ${name}`;
  const run: SetupStep["run"] = async ({ folder, scratch }) => {
    writeFileSync(join(scratch, "half"), "");
    work();
    writeFileSync(join(folder, name), key);
  };
  return { name, title, key, run };
}

/** Runs the steps and returns what was reported, as "state title". */
async function make(target: string, steps: SetupStep[], ready = () => existsSync(join(target, "ready"))) {
  const events: SetupEvent[] = [];
  const changed = await runSteps({
    target,
    steps,
    isReady: async () => ready(),
    finish: async (folder) => writeFileSync(join(folder, "ready"), ""),
    report: (event) => events.push(event),
  });
  return { changed, said: events.map(({ state, step }) => `${state} ${step}`) };
}

const fails = () => {
  throw new Error("no network");
};

describe("runSteps", () => {
  test("makes the folder in one move, with nothing of the work left in it", async () => {
    const target = join(temporaryFolder(), "engine");
    const seen: boolean[] = [];
    const { changed, said } = await make(target, [writes("a"), writes("b", "1", () => seen.push(existsSync(target)))]);
    expect(changed).toBe(true);
    expect(seen).toEqual([false]);
    expect(readdirSync(target).sort()).toEqual(["a", "b", "ready"]);
    expect(readdirSync(join(target, ".."))).toEqual(["engine"]);
    expect(said).toEqual(["started writes a", "done writes a", "started writes b", "done writes b"]);
  });

  test("does nothing when the folder is ready", async () => {
    const target = join(temporaryFolder(), "engine");
    await make(target, [writes("a")]);
    expect(await make(target, [writes("a", "2")])).toEqual({ changed: false, said: [] });
  });

  test("replaces a folder that is not ready", async () => {
    const target = join(temporaryFolder(), "engine");
    await make(target, [writes("a"), writes("old")]);
    await make(target, [writes("a", "2")], () => false);
    expect(readdirSync(target).sort()).toEqual(["a", "ready"]);
    expect(readFileSync(join(target, "a"), "utf8")).toBe("2");
    expect(readdirSync(join(target, ".."))).toEqual(["engine"]);
  });

  test("keeps finished steps when one fails, and skips them next time", async () => {
    const target = join(temporaryFolder(), "engine");
    await expect(make(target, [writes("a"), writes("b", "1", fails), writes("c")])).rejects.toThrow("no network");
    expect(existsSync(target)).toBe(false);
    expect(readdirSync(`${target}.partial`).filter((name) => name.startsWith("scratch"))).toEqual([]);
    const { said } = await make(target, [writes("a", "1", fails), writes("b"), writes("c")]);
    expect(said.slice(0, 2)).toEqual(["skipped writes a", "started writes b"]);
    expect(readdirSync(target).sort()).toEqual(["a", "b", "c", "ready"]);
  });

  test("does a step again whose version has changed, and all that follow", async () => {
    const target = join(temporaryFolder(), "engine");
    await expect(make(target, [writes("a"), writes("b"), writes("c"), writes("d", "1", fails)])).rejects.toThrow();
    const { said } = await make(target, [writes("a"), writes("b", "2"), writes("c"), writes("d")]);
    expect(said.filter((line) => line.startsWith("done"))).toEqual(["done writes b", "done writes c", "done writes d"]);
  });

  test("is not ready when the last check fails", async () => {
    const target = join(temporaryFolder(), "engine");
    const finish = () => Promise.reject(new Error("wrong product"));
    const rest = { steps: [writes("a")], isReady: async () => false, report: () => {} };
    await expect(runSteps({ target, finish, ...rest })).rejects.toThrow("wrong product");
    expect(existsSync(target)).toBe(false);
  });
});

/** A setup of two steps in a process of its own; each step adds a line to `log`, the second takes `pause` ms. */
function setupProcess(target: string, log: string, pause: number): ChildProcess {
  const program = `
    const { runSteps } = require(${JSON.stringify(BUILT)});
    const { appendFileSync, existsSync, writeFileSync } = require("node:fs");
    const step = (name, wait) => ({ name, title: name, key: "1", async run({ folder, scratch }) {
      appendFileSync(${JSON.stringify(log)}, "begin " + name + "\\n");
      writeFileSync(scratch + "/half", "");
      await new Promise((resolve) => setTimeout(resolve, wait));
      writeFileSync(folder + "/" + name, "");
      appendFileSync(${JSON.stringify(log)}, "end " + name + "\\n");
    }});
    runSteps({
      target: ${JSON.stringify(target)}, steps: [step("a", 0), step("b", ${pause})], report() {},
      isReady: async () => existsSync(${JSON.stringify(join(target, "ready"))}),
      finish: async (folder) => writeFileSync(folder + "/ready", ""),
    }).then((changed) => console.log(changed));`;
  return spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
}

const answerOf = (child: ChildProcess) =>
  new Promise<string>((resolve) => {
    let text = "";
    child.stdout?.on("data", (piece) => {
      text += piece;
    });
    child.on("close", () => resolve(text.trim()));
  });

describe("runSteps of several processes", () => {
  testBuilt("does the work once", async () => {
    const folder = temporaryFolder();
    const [target, log] = [join(folder, "engine"), join(folder, "log")];
    const answers = await Promise.all([1, 2, 3].map(() => answerOf(setupProcess(target, log, 300))));
    expect(answers.sort()).toEqual(["false", "false", "true"]);
    expect(readFileSync(log, "utf8")).toBe("begin a\nend a\nbegin b\nend b\n");
  });

  testBuilt("continues after a process that was killed", async () => {
    const folder = temporaryFolder();
    const [target, log] = [join(folder, "engine"), join(folder, "log")];
    const child = setupProcess(target, log, 60_000);
    await expect.poll(() => existsSync(log) && readFileSync(log, "utf8"), { timeout: 20_000 }).toMatch(/begin b/);
    child.kill("SIGKILL");
    await answerOf(child);
    expect(existsSync(`${target}.lock`)).toBe(true);
    expect(await answerOf(setupProcess(target, log, 0))).toBe("true");
    expect(readFileSync(log, "utf8")).toBe("begin a\nend a\nbegin b\nbegin b\nend b\n");
    expect(readdirSync(target).sort()).toEqual(["a", "b", "ready"]);
    expect(existsSync(`${target}.partial`)).toBe(false);
  });
});
