import { mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isBuilt } from "../support/built";
import { browserPath, type OpenNotebook } from "../support/lab-browser";
import { type LabSession, startLab } from "../support/lab-session";
import { hasPython } from "../support/python-env";
import { report } from "../support/report";

const ARTIFACTS = resolve(__dirname, "../../.artifacts");
const possible = browserPath !== undefined && hasPython && isBuilt;

const CELLS = [
  `const { image, spectra } = await simulate.nanoparticleArray({ seed: 3, rows: 40, columns: 40, channels: 200 });
const pairs = windows(image, spectra, { size: 8 });
const { train, test } = split(pairs, { by: "columns", test: 0.3 });
const model = im2spec({ ...shapes(pairs), latent: 2, seed: 1 });`,
  `const run = await fit(model, train, { validation: test, epochs: 100_000, batch: 64, seed: 1 });
console.log("the cell goes on,", run.state, run.keptEpoch > 0)`,
  "const view = await exploreLatent(model, pairs);\nview",
  "[view.selection.length, select(pairs, view.selection).spectra.shape[0]]",
];

/** In the page: milliseconds from a move of the pointer to what the model decodes there, for many moves. */
const LATENCIES = `(async () => {
  const root = document.querySelector(".sb-latent");
  const canvas = root.querySelector(".plane canvas");
  const note = root.querySelector(".note");
  const times = [];
  for (let i = 0; i < 60; i++) {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const at = { clientX: left + width * (0.3 + 0.006 * i), clientY: top + height * (0.3 + 0.3 * Math.sin(i)), bubbles: true };
    const changed = new Promise((done) => {
      const observer = new MutationObserver(() => { observer.disconnect(); done(); });
      observer.observe(note, { childList: true, characterData: true, subtree: true });
    });
    const begin = performance.now();
    canvas.dispatchEvent(new PointerEvent("pointermove", at));
    await changed;
    times.push(performance.now() - begin);
  }
  return times.slice(10).sort((a, b) => a - b);
})()`;

describe.skipIf(!possible)("views of models in JupyterLab", () => {
  let lab: LabSession;
  let notebook: OpenNotebook;
  const picture = (name: string) => notebook.page.screenshot({ path: join(ARTIFACTS, name) });
  const inBothThemes = async (name: string) => {
    await picture(`${name}-light.png`);
    await notebook.theme("JupyterLab Dark");
    await picture(`${name}-dark.png`);
    await notebook.theme("JupyterLab Light");
  };

  beforeAll(async () => {
    mkdirSync(ARTIFACTS, { recursive: true });
    lab = await startLab();
    notebook = await lab.open("models.ipynb", CELLS);
    await notebook.run(0, 0);
    await notebook.idle(180_000);
  }, 600_000);
  afterAll(async () => {
    await notebook?.close();
    await lab?.stop();
  });

  test("training shows its panel, and its button ends the run so that the cell goes on", async () => {
    await notebook.run(1, 1);
    const panel = notebook.cell(1).locator(".sb-training");
    await panel.locator(".preview canvas").first().waitFor({ timeout: 120_000 });
    await panel.locator(".heading", { hasText: /after epoch \d/ }).waitFor();
    await inBothThemes("training-panel");
    await panel.getByRole("button", { name: "Stop" }).click();
    await notebook.idle(60_000);
    expect((await notebook.texts(1)).join("\n")).toContain("the cell goes on, stopped true");
    expect(await notebook.errors()).toEqual([]);
    expect(await panel.locator(".top").innerText()).toContain("best weights kept");
    await notebook.save();
    const { outputs } = JSON.parse(readFileSync(join(lab.root, "models.ipynb"), "utf8")).cells[1];
    const saved = outputs.find(({ data }: { data?: object }) => data !== undefined).data;
    expect(Object.keys(saved)).toEqual(expect.arrayContaining(["application/vnd.vegalite.v5+json", "image/png"]));
  }, 240_000);

  test("a latent space decodes under the mouse, and a lasso is there for the next cell", async () => {
    await notebook.run(2, 2);
    const view = notebook.cell(2).locator(".sb-latent");
    await view.locator(".note", { hasText: "z = " }).waitFor({ timeout: 120_000 });
    await view.scrollIntoViewIfNeeded();
    const box = await view.locator(".plane canvas").boundingBox();
    if (box === null) throw new Error("the plane is not shown");
    const at = (across: number, down: number) => [box.x + across * box.width, box.y + down * box.height] as const;
    const before = await view.locator(".note").innerText();
    await notebook.page.mouse.move(...at(0.6, 0.4), { steps: 20 });
    await expect.poll(() => view.locator(".note").innerText()).not.toBe(before);
    const times = (await notebook.page.evaluate(LATENCIES)) as number[];
    const part = (share: number) => times[Math.floor(share * (times.length - 1))].toFixed(1);
    report("latent explorer, from a move to what is decoded there, median", `${part(0.5)} ms`);
    report("latent explorer, from a move to what is decoded there, 95 %", `${part(0.95)} ms`);
    expect(times).toHaveLength(50);
    const corners = [
      [0.14, 0.02],
      [0.98, 0.02],
      [0.98, 0.85],
      [0.14, 0.85],
    ] as const;
    await notebook.page.mouse.move(...at(corners[0][0], corners[0][1]));
    await notebook.page.mouse.down();
    for (const [u, v] of corners) await notebook.page.mouse.move(...at(u, v), { steps: 5 });
    await notebook.page.mouse.up();
    await view.getByRole("button", { name: /clear \d+ selected/ }).waitFor();
    await inBothThemes("latent-explorer");
    await notebook.run(3, 3);
    await notebook.idle(60_000);
    const [text] = await notebook.texts(3);
    const [selected, taken] = (text.match(/\d+/g) ?? []).map(Number);
    expect(selected).toBeGreaterThan(10);
    expect(taken).toBe(selected);
    expect(await notebook.errors()).toEqual([]);
  }, 240_000);
});
