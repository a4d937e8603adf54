import { currentHost } from "../core/host";
import { describe } from "../notebook/describe";
import { isVegaLiteSpec, isVegaSpec, renderSvg } from "../notebook/render";
import { resultFigure } from "../notebook/result-figure";
import type { VegaLiteSpec } from "../plot/spec";
import type { PanelOutput, PanelRun, PanelState, ParameterValue } from "./parameter-messages";
import { acceptedValue, controlsOf, type ParameterSpec, type ParameterValues } from "./parameter-spec";
import { answerQuestions } from "./questions";
import { viewModule } from "./view-module";
import { Widget } from "./widget";

/** What the function of a panel is given beside the values. */
export interface ParameterRun {
  /** Aborted as soon as a value changes or stop is pressed: hand it on to long work, as `fit(model, train, { signal })`. */
  readonly signal: AbortSignal;
}

/** The function of a panel; what it gives is drawn under the controls: figures, results, texts, or a list of them. */
export type ParameterFunction<S extends ParameterSpec, R> = (
  values: ParameterValues<S>,
  run: ParameterRun,
) => R | Promise<R>;

/** The picture of a panel waits this long for the first result, ms: the panel itself has to come. */
const PATIENCE = 5000;

/** A panel of parameters, and what depends on them: what `parameters` gives. */
export class ParameterPanel<S extends ParameterSpec, R> extends Widget {
  readonly #work: ParameterFunction<S, R> | undefined;
  readonly #settled = new Set<(outcome: Outcome<R>) => void>();
  #last: Outcome<R> | undefined;
  #drawn: unknown;
  #wanted = 0;
  #isWorking = false;
  #controller = new AbortController();

  constructor(spec: S, work: ParameterFunction<S, R> | undefined) {
    const controls = controlsOf(spec);
    const values = Object.fromEntries(controls.map(({ name, value }) => [name, value]));
    const state: PanelState = { controls, values, run: { state: "idle" }, outputs: [] };
    super({ esm: viewModule("parameters"), state, picture: () => this.#picture() });
    const report = currentHost()?.changeReporter?.();
    this.#work = work === undefined ? undefined : (currentHost()?.bind?.(work) ?? work);
    answerQuestions(this, {
      change: (changes: Readonly<Record<string, ParameterValue>>) => {
        if (this.#change(changes)) report?.();
        return {};
      },
      stop: () => {
        this.stop();
        return {};
      },
    });
    if (work !== undefined) this.#begin();
  }

  /** The values now: `hp.value.window`. Setting some of them moves the controls and runs the function again. */
  get value(): ParameterValues<S> {
    return Object.freeze({ ...this.#now.values }) as ParameterValues<S>; // `controlsOf` made them from the same object
  }

  set value(changes: Partial<ParameterValues<S>>) {
    this.#change(changes as Partial<Record<string, ParameterValue>>);
  }

  /** What the function gave for the values now; waits while it runs. Rejects where it threw. */
  get result(): Promise<R> {
    if (this.#work === undefined) return Promise.resolve(undefined as R); // R is void without a function
    return new Promise((resolve, reject) => {
      const settle = (outcome: Outcome<R>) => ("error" in outcome ? reject(outcome.error) : resolve(outcome.value));
      if (!this.#isWorking && this.#last !== undefined) settle(this.#last);
      else this.#settled.add(settle);
    });
  }

  /** Asks the function that runs now to stop; values and panel stay. */
  stop(): void {
    this.#controller.abort(new Error("stopped by hand"));
  }

  get #now(): PanelState {
    return this.state as PanelState; // made above; only `#change` writes the values
  }

  /** False if the values are what they were. */
  #change(changes: Readonly<Partial<Record<string, ParameterValue>>>): boolean {
    const { controls, values } = this.#now;
    const accepted = controls
      .filter(({ name }) => changes[name] !== undefined)
      .map((control) => [control.name, acceptedValue(control, changes[control.name])] as const)
      .filter(([name, value]) => values[name] !== value);
    if (accepted.length === 0) return false;
    this.set({ values: { ...values, ...Object.fromEntries(accepted) } });
    if (this.#work !== undefined) this.#begin();
    return true;
  }

  #begin(): void {
    this.#wanted++;
    this.#controller.abort(new Error("a newer value took its place"));
    if (!this.#isWorking) void this.#run();
  }

  /** Runs the function for the newest values until there are none newer. One run at a time: the last one ends first. */
  async #run(): Promise<void> {
    this.#isWorking = true;
    for (let turn = 0; turn !== this.#wanted; ) {
      await new Promise((resolve) => setImmediate(resolve)); // values that are on their way come first
      turn = this.#wanted;
      const isNewest = () => turn === this.#wanted;
      this.#controller = new AbortController();
      this.set({ run: { state: "running" } satisfies PanelRun });
      const start = performance.now();
      const outcome = await this.#outcome(this.#controller.signal);
      if (!isNewest()) continue;
      const run = runOf(outcome, this.#controller.signal, (performance.now() - start) / 1000);
      const outputs = "error" in outcome ? undefined : await outputsOf(outcome.value).catch(textOf);
      if (!isNewest()) continue;
      this.#last = outcome;
      if ("value" in outcome) this.#drawn = outcome.value;
      this.set({ run, ...(outputs === undefined ? {} : { outputs }) });
    }
    this.#isWorking = false;
    for (const settle of this.#settled) if (this.#last !== undefined) settle(this.#last);
    this.#settled.clear();
  }

  async #outcome(signal: AbortSignal): Promise<Outcome<R>> {
    try {
      return { value: (await this.#work?.(this.value, { signal })) as R }; // there is one wherever this is called
    } catch (error) {
      return { error };
    }
  }

  /** The last figure with the values under its title; without one the values as text. */
  async #picture(): Promise<unknown> {
    if (this.#work !== undefined) {
      const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE).unref());
      await Promise.race([this.result.catch(() => {}), patience]);
    }
    const values = valueWords(this.#now);
    const [first] = Array.isArray(this.#drawn) ? this.#drawn : [this.#drawn];
    const figure = figureOf(first);
    if (figure === undefined) return first === undefined ? values : `${values}\n${describe(this.#drawn)}`;
    const { title } = figure;
    if (typeof title !== "object" || title === null)
      return { ...figure, title: { text: title ?? values, subtitle: [values] } };
    const subtitle: unknown = "subtitle" in title ? title.subtitle : undefined;
    const lines = Array.isArray(subtitle) ? subtitle : subtitle === undefined ? [] : [subtitle];
    return { ...figure, title: { ...title, subtitle: [...lines, values] } };
  }
}

/** What a run came to. */
type Outcome<R> = { readonly value: R } | { readonly error: unknown };

/**
 * Sliders, choices and check boxes for an object of hyper-parameters, and a function that runs again whenever one of them
 * changes; what it gives replaces what is drawn under the panel. The newest values win: a function that still runs for
 * older ones is told so by its signal. Shown as the last value of a cell; a later cell reads `hp.value`, and is marked stale
 * in JupyterLab when a control is moved.
 *
 * @param spec - first values by name: a number gets a slider around it, a boolean a check box, a text a field; `slider`
 * and `choice` say more.
 * @param work - what depends on the values; its figures, results or texts are drawn under the controls.
 * @throws OptionError for a value that no control can show
 * @example
 * const hp = parameters(
 *   { components: slider(2, 8), smooth: 0.5, normalise: true, kind: choice(["nmf", "pca"]) },
 *   async (hp, { signal }) => nmf(spectra, { components: hp.components, signal }),
 * );
 * hp
 */
export function parameters<S extends ParameterSpec, R = void>(
  spec: S,
  work?: ParameterFunction<S, R>,
): ParameterPanel<S, R> {
  return new ParameterPanel(spec, work);
}

function runOf(outcome: Outcome<unknown>, { aborted }: AbortSignal, seconds: number): PanelRun {
  if (aborted) return { state: "stopped", seconds };
  if (!("error" in outcome)) return { state: "done", seconds };
  return { state: "failed", message: outcome.error instanceof Error ? outcome.error.message : String(outcome.error) };
}

async function outputsOf(value: unknown): Promise<PanelOutput[]> {
  if (value === undefined) return [];
  const whole = figureOf(value);
  if (whole !== undefined) return [{ svg: await renderSvg(whole) }];
  if (!Array.isArray(value) || !value.some((one) => figureOf(one) !== undefined)) return [{ text: describe(value) }];
  const parts: PanelOutput[][] = [];
  for (const one of value) parts.push(await outputsOf(one));
  return parts.flat();
}

function figureOf(value: unknown): VegaLiteSpec | undefined {
  return isVegaLiteSpec(value) || isVegaSpec(value) ? value : resultFigure(value);
}

function textOf(error: unknown): PanelOutput[] {
  return [{ text: error instanceof Error ? error.message : String(error) }];
}

/** "window 16, kind rvae" */
function valueWords({ controls, values }: PanelState): string {
  const words = controls.map((control) => {
    const units = control.kind === "slider" && control.units !== "" ? ` ${control.units}` : "";
    return `${control.label} ${values[control.name]}${units}`;
  });
  return words.join(", ");
}
