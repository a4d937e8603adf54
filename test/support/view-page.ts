import { resolve } from "node:path";
import { build } from "esbuild";
import { chromium, type Page } from "playwright-core";
import type { WidgetMessage } from "../../src/views/messages";
import type { AttachedFrontEnd, Widget } from "../../src/views/widget";
import { BROWSER_ARGUMENTS, browserPath } from "./lab-browser";

/** A widget drawn in a headless browser without Jupyter: both halves are real, only the transport between them is not. */
export interface ViewPage {
  readonly page: Page;
  /** What the page printed as errors, and errors that the kernel's half reported. */
  readonly errors: string[];
  close(): Promise<void>;
}

/** Size of the window, and whether it is drawn in JupyterLab's dark theme. */
export interface ViewPageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
}

interface Parcel {
  readonly message: WidgetMessage;
  readonly buffers: readonly string[];
}

const ROOT = resolve(__dirname, "../..");

const MAIN = `
import { ViewModel } from "./src/extension/view-model";
const text = (bytes) => { let s = ""; for (let i = 0; i < bytes.length; i += 32768) s += String.fromCharCode(...bytes.subarray(i, i + 32768)); return btoa(s); };
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const model = new ViewModel((message, buffers) => void window.toKernel(JSON.stringify({ message, buffers: buffers.map(text) })));
let rendered;
window.fromKernel = (parcel) => {
  const { message, buffers } = JSON.parse(parcel);
  model.receive(message, buffers.map(bytes));
  if (message.method !== "open") return;
  const style = document.createElement("style");
  style.textContent = message.css;
  document.head.append(style);
  rendered = import(URL.createObjectURL(new Blob([message.esm], { type: "text/javascript" })))
    .then(({ default: view }) => view.render({ model, el: document.querySelector("#view") }))
    .then(() => { document.body.dataset.rendered = "yes"; });
};
`;

// The colours of JupyterLab's two themes that views build on.
const LIGHT =
  "--jp-layout-color0:#fff;--jp-layout-color1:#fff;--jp-layout-color2:#eee;--jp-border-color1:#bdbdbd;--jp-border-color2:#e0e0e0;--jp-ui-font-color0:rgba(0,0,0,1);--jp-ui-font-color1:rgba(0,0,0,.87);--jp-ui-font-color2:rgba(0,0,0,.54);--jp-brand-color1:#1976d2;";
const DARK =
  "--jp-layout-color0:#111;--jp-layout-color1:#212121;--jp-layout-color2:#424242;--jp-border-color1:#616161;--jp-border-color2:#424242;--jp-ui-font-color0:#fff;--jp-ui-font-color1:rgba(255,255,255,.87);--jp-ui-font-color2:rgba(255,255,255,.54);--jp-brand-color1:#2196f3;";

/** Opens a page that shows a widget, and waits until its module has rendered. Needs a browser (`browserPath`). */
export async function openView(widget: Widget, options: ViewPageOptions = {}): Promise<ViewPage> {
  const { width = 1000, height = 700, dark = false } = options;
  const { outputFiles } = await build({
    stdin: { contents: MAIN, resolveDir: ROOT, loader: "ts" },
    bundle: true,
    format: "iife",
    write: false,
  });
  const browser = await chromium.launch({ executablePath: browserPath, args: BROWSER_ARGUMENTS });
  const page = await browser.newPage({ viewport: { width, height } });
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  const theme = `data-jp-theme-light="${!dark}" style="margin:8px;background:${dark ? "#111" : "#fff"};font-family:sans-serif;font-size:13px;color:var(--jp-ui-font-color1);${dark ? DARK : LIGHT}"`;
  await page.setContent(`<!doctype html><body ${theme}><div id="view"></div></body>`);
  await page.addScriptTag({ content: outputFiles[0].text });
  let attached: AttachedFrontEnd | undefined;
  // First: a view may ask as soon as it is drawn.
  await page.exposeFunction("toKernel", (text: string) => {
    const { message, buffers } = JSON.parse(text) as Parcel;
    attached?.receive(
      message,
      buffers.map((one) => new Uint8Array(Buffer.from(one, "base64"))),
    );
  });
  attached = widget.attach((message, buffers) => {
    if (message.method === "error") errors.push(message.message);
    const parcel: Parcel = { message, buffers: buffers.map((one) => Buffer.from(one).toString("base64")) };
    page.evaluate(`fromKernel(${JSON.stringify(JSON.stringify(parcel))})`).catch((error) => errors.push(String(error)));
  });
  await page.waitForSelector("body[data-rendered=yes]", { timeout: 20_000 });
  return {
    page,
    errors,
    close: async () => {
      attached?.detach();
      await browser.close();
    },
  };
}
