import type { PanelOutput, PanelState, ParameterValue } from "../../views/parameter-messages";
import type { FrontEndModel, FrontEndModule } from "../front-end-module";
import { asking, newestOnly } from "./ask";
import { makeRow } from "./parameters/controls";
import { STYLE } from "./parameters/style";

/** The front end of `parameters`. */
function render({ model, el }: { model: FrontEndModel; el: HTMLElement }): () => void {
  const state = <K extends string & keyof PanelState>(name: K) => model.get(name) as PanelState[K]; // as the kernel made it
  const ask = asking(model);
  const root = make("div", "sb-parameters");
  const style = make("style");
  style.textContent = STYLE;
  const status = make("span");
  status.setAttribute("role", "status");
  const stop = button("Stop", "Stop the function that is running", () => void ask("stop", null));
  const back = button("Reset", "Back to the first values", () =>
    change(Object.fromEntries(state("controls").map(({ name, value }) => [name, value]))),
  );
  const trouble = make("div", "sb-trouble");
  trouble.setAttribute("role", "alert");
  const outputs = make("div", "sb-outputs");

  /** Values that were given by hand and that the kernel has not taken yet. */
  let unsent: Record<string, ParameterValue> = {};
  const send = newestOnly<null>(async () => {
    const changes = unsent;
    unsent = {};
    try {
      await ask("change", changes);
    } catch (error) {
      trouble.textContent = error instanceof Error ? error.message : String(error);
    }
    showValues();
  });
  function change(changes: Record<string, ParameterValue>): void {
    unsent = { ...unsent, ...changes };
    send(null);
  }

  const rows = state("controls").map((control) => makeRow(control, (value) => change({ [control.name]: value })));
  root.dataset.units = String(state("controls").some((one) => one.kind === "slider" && one.units !== ""));
  const table = make("div", "sb-rows");
  table.append(...rows.map(({ element }) => element));
  const foot = make("div", "sb-status");
  foot.append(status, stop, back);
  root.append(style, table, foot, make("div", "sb-work"), trouble, outputs);
  el.append(root);

  function showValues(): void {
    const values = state("values");
    for (const { name, show } of rows) show(unsent[name] ?? values[name]);
    back.hidden = state("controls").every(({ name, value }) => values[name] === value);
  }

  function showRun(): void {
    const run = state("run");
    root.dataset.state = run.state;
    stop.hidden = run.state !== "running";
    trouble.textContent = run.state === "failed" ? run.message : "";
    const words = { idle: "", running: "running", failed: "", done: "", stopped: "stopped after " };
    status.textContent = words[run.state] + ("seconds" in run ? secondsWords(run.seconds) : "");
  }

  let drawing = 0;
  async function showOutputs(): Promise<void> {
    const own = ++drawing;
    const elements = await Promise.all(state("outputs").map(elementOf));
    if (own === drawing) outputs.replaceChildren(...elements);
    else for (const one of elements) release(one);
  }

  const listeners: readonly [string, () => void][] = [
    ["change:values", showValues],
    ["change:run", showRun],
    ["change:outputs", () => void showOutputs()],
  ];
  for (const [event, listener] of listeners) model.on(event, listener as never);
  showValues();
  showRun();
  void showOutputs();
  return () => {
    for (const [event, listener] of listeners) model.off(event, listener as never);
    root.remove();
  };
}

/** A chart as picture, once it can be drawn, so that nothing flickers; or a text. */
async function elementOf(output: PanelOutput): Promise<HTMLElement> {
  if ("text" in output) {
    const text = make("pre");
    text.textContent = output.text;
    return text;
  }
  const image = document.createElement("img");
  image.src = URL.createObjectURL(new Blob([output.svg], { type: "image/svg+xml" }));
  image.alt = "What the function drew for these values";
  await image.decode().catch(() => {}); // it shows itself as broken
  release(image);
  return image;
}

/** What was decoded stays; its address is no longer needed. */
function release(element: HTMLElement): void {
  if (element instanceof HTMLImageElement) URL.revokeObjectURL(element.src);
}

function secondsWords(seconds: number): string {
  return seconds < 1 ? `${Math.max(1, Math.round(1000 * seconds))} ms` : `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
}

function make(tag: string, className = ""): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}

function button(text: string, title: string, press: () => void): HTMLButtonElement {
  const one = document.createElement("button");
  Object.assign(one, { type: "button", title, textContent: text });
  one.addEventListener("click", press);
  return one;
}

export default { render } satisfies FrontEndModule;
