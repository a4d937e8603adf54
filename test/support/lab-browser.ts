import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Locator, type Page } from "playwright-core";
import type { JupyterServer } from "../../src/cli/jupyter/jupyter-server";

/** The browser on PATH, if there is one. */
export const browserPath: string | undefined = (process.env.PATH ?? "")
  .split(delimiter)
  .flatMap((folder) => ["chromium", "chromium-browser", "google-chrome"].map((name) => join(folder, name)))
  .find((path) => existsSync(path));

/** Charts of one cell. */
export interface CellCharts {
  /** Vega-Lite bundles that its outputs hold. */
  readonly held: number;
  /** Charts that Vega has drawn. */
  readonly drawn: number;
  /** Pictures shown in their place. */
  readonly pictures: number;
}

/** What a window of 1280 pixels has room for, its file browser open. */
export interface NotebookRoom {
  /** Width of a figure in pixels. */
  readonly figure: number;
  /** Characters of a line of code. */
  readonly columns: number;
  /** Figures and cells of code that must be scrolled sideways. */
  readonly tooWide: readonly string[];
}

/** A notebook open in JupyterLab in a headless browser. Cells are code cells, counted from 0. */
export interface OpenNotebook {
  readonly page: Page;
  sources(): Promise<string[]>;
  setSource(index: number, source: string): Promise<void>;
  cell(index: number): Locator;
  /** What stands before the cell: `[ ]:`, `[*]:`, `[3]:`. */
  prompt(index: number): Promise<string>;
  charts(): Promise<CellCharts[]>;
  room(): Promise<NotebookRoom>;
  /** Text of the cell's outputs. */
  texts(index: number): Promise<string[]>;
  /** Name and message of each error among the outputs, and what stands on stderr. */
  errors(): Promise<string[]>;
  /** Presses a button of the notebook's toolbar: "interrupt", "restart-and-run", ... and accepts its dialog. */
  press(button: string): Promise<void>;
  /** Takes away the outputs and numbers that the file was saved with. */
  clear(): Promise<void>;
  /** Runs the cells from..to; does not wait. */
  run(from: number, to: number): Promise<void>;
  /** Waits until the kernel is idle and no cell waits. */
  idle(milliseconds: number): Promise<void>;
  /** Saves the file. */
  save(): Promise<void>;
  /** Loads the page anew; the kernel lives on. */
  reload(): Promise<void>;
  theme(name: "JupyterLab Light" | "JupyterLab Dark"): Promise<void>;
  close(): Promise<void>;
}

/** Settings of a headless browser. Chromium's own traffic is off: on a closed network its look-ups are refused one by one. */
export const BROWSER_ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)";

/** Settings that the tests need: every cell is in the page, not only those on the screen, and no news is asked for. */
export async function prepareSettings(server: JupyterServer): Promise<void> {
  const put = (plugin: string, settings: object) =>
    server.api("PUT", `lab/api/settings/${plugin}`, { raw: JSON.stringify(settings) });
  await put("@jupyterlab/notebook-extension:tracker", { windowingMode: "none" });
  await put("@jupyterlab/apputils-extension:notification", { fetchNews: "false", checkForUpdates: false });
}

/** Opens a notebook of the server's folder. The server must run with `--LabApp.expose_app_in_browser=True`. */
export async function openNotebook(server: JupyterServer, name: string): Promise<OpenNotebook> {
  const browser = await chromium.launch({ executablePath: browserPath, args: BROWSER_ARGUMENTS });
  const page = await browser.newPage({ viewport: { width: 1280, height: 1600 } });
  await page.addInitScript({ path: join(__dirname, "lab-page.js") });
  const load = async () => {
    const address = new URL(`lab/tree/${name}?token=${server.token}&reset`, server.url);
    await page.goto(address.href, { waitUntil: "domcontentloaded" });
    await page.waitForSelector(`${PANEL} .jp-CodeCell`, { timeout: 90_000 });
  };
  await load();
  const cell = (index: number) => page.locator(`${PANEL} .jp-CodeCell`).nth(index);
  const ask = <T>(question: string, argument?: unknown): Promise<T> =>
    page.evaluate(`labPage.${question}(${JSON.stringify(argument)})`) as Promise<T>; // what lab-page.js returns
  const idle = async (milliseconds: number) =>
    void (await page.waitForFunction("labPage.idle()", undefined, { timeout: milliseconds, polling: 100 }));
  await idle(90_000);
  return {
    page,
    cell,
    idle,
    sources: () => ask("sources"),
    setSource: (index, source) => ask("setSource", { index, source }),
    prompt: async (index) => (await cell(index).locator(".jp-InputPrompt").first().textContent()) ?? "",
    charts: () => ask("charts"),
    room: () => ask("room"),
    texts: (index) => cell(index).locator(".jp-OutputArea-output").allInnerTexts(),
    errors: () => ask("errors"),
    press: async (button) => {
      const selector = `${PANEL} .jp-Toolbar [data-jp-item-name="${button}"] :is(jp-button, button)`;
      await page.locator(selector).first().click();
      if (button.startsWith("restart")) await page.locator(".jp-Dialog .jp-mod-accept").click({ timeout: 10_000 });
    },
    clear: () => ask("clear"),
    save: () => ask("save"),
    reload: async () => {
      await load();
      await idle(90_000);
    },
    run: (from, to) => ask("run", { from, to }),
    theme: async (theme) => {
      await ask("theme", theme);
      await page.waitForTimeout(1500); // its style sheet is loaded, then the page is laid out again
    },
    close: () => browser.close(),
  };
}
