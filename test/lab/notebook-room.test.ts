import { copyFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isBuilt } from "../support/built";
import { browserPath, openNotebook } from "../support/lab-browser";
import { type LabSession, startLab } from "../support/lab-session";
import { COLUMNS, WIDTH } from "../support/notebook-room";
import { hasPython } from "../support/python-env";
import { report } from "../support/report";

const NOTEBOOKS = resolve(__dirname, "../../notebooks");

/** Those with the widest figures of each kind. */
const WIDEST = [
  "quickstart",
  "data/6-decompose",
  "im2spec-paper/1-array",
  "im2spec-paper/6-resolution",
  "rvae-paper/1-nanowires-nmf",
  "rvae-paper/6-windows-and-weights",
];

describe.skipIf(browserPath === undefined || !hasPython || !isBuilt)("a notebook in JupyterLab", () => {
  let lab: LabSession;

  beforeAll(async () => {
    lab = await startLab();
  }, 400_000);

  afterAll(async () => {
    await lab?.stop();
  });

  test.each(WIDEST)(
    "%s has room for its lines and figures, whatever fonts are installed",
    async (path) => {
      const name = `${path.replace("/", "-")}.ipynb`;
      copyFileSync(join(NOTEBOOKS, `${path}.ipynb`), join(lab.root, name));
      const notebook = await openNotebook(lab.server, name);
      try {
        const waiting = async () => (await notebook.charts()).filter((cell) => cell.drawn !== cell.held);
        await expect.poll(waiting, { timeout: 60_000 }).toEqual([]);
        const { figure, columns, tooWide } = await notebook.room();
        report(`room in JupyterLab: ${path}`, `figures of ${figure} pixels, lines of ${columns} characters`);
        expect(figure).toBeGreaterThanOrEqual(WIDTH);
        expect(columns).toBeGreaterThanOrEqual(COLUMNS);
        expect(tooWide).toEqual([]);
      } finally {
        await notebook.close();
      }
    },
    180_000,
  );
});
