import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isBuilt } from "../support/built";
import { browserPath, type OpenNotebook } from "../support/lab-browser";
import { type LabSession, startLab } from "../support/lab-session";
import { hasPython } from "../support/python-env";

const ARTIFACTS = resolve(__dirname, "../../.artifacts");

const CELLS = [
  "const hp = { epochs: 2, rate: 0.1 };",
  'const curve = Array.from({ length: hp.epochs }, (_, i) => i * hp.rate);\nconsole.log("curve of", curve.length);',
  'console.log("unrelated");',
  'const fit = async (model: object, points: number[]) => points.length;\nconst trained = await fit({}, curve);\nconsole.log("trained on", trained);',
  'console.log("report of", curve.length);',
  'console.log("trained:", trained);',
];

describe.skipIf(browserPath === undefined || !hasPython || !isBuilt)("stale cells in JupyterLab", () => {
  let lab: LabSession;
  let notebook: OpenNotebook;

  beforeAll(async () => {
    mkdirSync(ARTIFACTS, { recursive: true });
    lab = await startLab();
    notebook = await lab.open("stale.ipynb", CELLS);
  }, 400_000);
  afterAll(async () => {
    await notebook?.close();
    await lab?.stop();
  });

  const marked = async () => {
    const bars = await Promise.all(CELLS.map((_, i) => notebook.cell(i).locator(".specbook-stale-bar").count()));
    return bars.flatMap((count, i) => (count > 0 ? [i] : []));
  };
  const button = () => notebook.page.locator(".specbook-run-stale");
  const tip = (cell: number) => notebook.cell(cell).locator(".specbook-stale-bar").getAttribute("title");
  const screenshot = async (name: string) => {
    const area = notebook.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)");
    await area.screenshot({ path: join(ARTIFACTS, `${name}.png`) });
  };
  const text = async (cell: number) => (await notebook.texts(cell)).join("").trim();
  /** Types into a cell as a user does. */
  const type = async (cell: number, text: string) => {
    await notebook.cell(cell).locator(".cm-content").click();
    await notebook.page.keyboard.press("Control+End");
    await notebook.page.keyboard.type(text);
  };

  test("are none after a run from top to bottom", async () => {
    await notebook.run(0, CELLS.length - 1);
    await notebook.idle(120_000);
    expect(await text(5)).toBe("trained: 2");
    await notebook.page.waitForTimeout(1000);
    expect(await marked()).toEqual([]);
    expect(await button().isVisible()).toBe(false);
  }, 180_000);

  test("are marked while the user types, with the reason, in light and dark", async () => {
    await type(0, "\nhp.epochs = 5;");
    await expect.poll(marked, { timeout: 30_000 }).toEqual([0, 1, 3, 4, 5]);
    expect(await tip(0)).toBe("Stale: edited after it ran");
    expect(await tip(1)).toBe("Stale: uses hp of cell [1]");
    expect(await tip(3)).toMatch(/^Stale: uses curve of cell \[2\]\. Skipped: it takes long$/);
    expect(await tip(5)).toMatch(/^Stale: uses trained of cell \[4\]\. Waits for a skipped cell$/);
    expect(await button().textContent()).toBe("Run 3 stale cells");
    await screenshot("stale-light");
    await notebook.theme("JupyterLab Dark");
    await screenshot("stale-dark");
    await notebook.theme("JupyterLab Light");
  }, 120_000);

  test("run in the order of their dependencies at a click, without those that train", async () => {
    await button().click();
    await notebook.idle(60_000);
    await expect.poll(marked, { timeout: 30_000 }).toEqual([3, 5]);
    expect(await text(1)).toBe("curve of 5");
    expect(await text(4)).toBe("report of 5");
    expect(await text(3)).toBe("trained on 2");
    expect(await notebook.prompt(2)).toBe("[3]:"); // never touched
    expect(await button().isDisabled()).toBe(true);
  }, 120_000);

  test("train once a click has allowed it, and with them those that waited", async () => {
    const choice = notebook.cell(3).locator(".specbook-stale-choice");
    expect(await choice.textContent()).toBe("skipped, click to allow");
    await choice.click();
    expect(await choice.textContent()).toBe("allowed, click to skip");
    expect(await button().textContent()).toBe("Run 2 stale cells");
    await button().click();
    await notebook.idle(60_000);
    await expect.poll(marked, { timeout: 30_000 }).toEqual([]);
    expect(await text(5)).toBe("trained: 5");
    expect(await button().isVisible()).toBe(false);
  }, 120_000);

  test("are forgotten when the kernel is restarted", async () => {
    await type(0, "// again");
    await expect.poll(marked, { timeout: 30_000 }).toContain(0);
    await notebook.press("restart");
    await expect.poll(marked, { timeout: 60_000 }).toEqual([]);
    expect(await button().isVisible()).toBe(false);
  }, 120_000);
});
