import { SpecbookError } from "../core/errors";
import type { TrainingProgress, TrainingResult } from "../models/training";
import type { Curve } from "./curve-data";
import { type FigureOptions, figure } from "./figure";
import { linePanel } from "./line-panel";
import { label } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { accent } from "./theme";

/** Options of `plot.lossCurve`. */
export interface LossCurveOptions extends FigureOptions {
  /** What was trained, for the title, e.g. "im2spec, 2 latents". Default: not said. */
  readonly name?: string;
}

/**
 * Training and validation loss over the epochs, with the epoch whose weights were kept: of a finished run, or of one
 * that is still running. The loss axis is logarithmic unless a loss is negative.
 *
 * @throws OptionError for another value than a training run
 * @example
 * plot.lossCurve(await fit(model, train, { validation: test }))
 */
export function lossCurve(run: TrainingResult | TrainingProgress, options: LossCurveOptions = {}): VegaLiteSpec {
  checkRun(run);
  const { epochs } = run;
  const best = "keptEpoch" in run ? run.keptEpoch : run.bestEpoch;
  const total = "totalEpochs" in run ? run.totalEpochs : Math.max(1, epochs.length);
  const curves: Curve[] = [{ name: "training", values: epochs.map(({ loss }) => loss), colour: accent(0) }];
  if (epochs.some(({ validationLoss }) => validationLoss !== undefined)) {
    const values = epochs.map(({ validationLoss }) => validationLoss ?? Number.NaN);
    curves.push({ name: "validation", values, colour: accent(1) });
  }
  const panel = linePanel({
    title: "",
    x: epochs.map(({ epoch }) => epoch),
    xTitle: "Epoch",
    counts: true,
    yTitle: "Loss (mean over samples)",
    curves,
    width: 520,
    height: 220,
    logarithmic: epochs.length > 0 && curves.every(({ values }) => Array.from(values).every((v) => !(v <= 0))),
    xDomain: [1, Math.max(2, lastEpochOfAxis(run, total))],
    guides: best === undefined ? [] : [{ x: best, text: `best: epoch ${best}` }],
    symbols: epochs.length === 1,
  });
  const of = options.name === undefined ? "" : ` ${options.name}`;
  const title = `Training${of}: epoch ${epochs.length} of ${Math.max(total, epochs.length)}`;
  return figure(options, title, "kind" in run ? resultNotes(run) : progressNotes(run), [[panel]]);
}

/** A run that goes on has room for twice what it has done, so that a long one is not a line at the edge. */
function lastEpochOfAxis(run: TrainingResult | TrainingProgress, total: number): number {
  const done = run.epochs.length;
  return run.state === "running" ? Math.max(done, Math.min(total, Math.max(10, 2 * done))) : done;
}

function resultNotes(run: TrainingResult): (string | undefined)[] {
  const kept = run.epochs.find(({ epoch }) => epoch === run.keptEpoch);
  const loss = kept?.validationLoss ?? kept?.loss;
  return [
    run.state === "stopped" ? "stopped, best weights kept" : undefined,
    run.state === "early-stopped" ? "ended early: the loss had stopped falling" : undefined,
    loss === undefined ? undefined : `loss of the kept epoch ${label(loss)}`,
    `${duration(run.seconds)} on ${run.engine}${run.traced ? " (traced)" : ""}`,
    `seed ${run.options.seed}`,
  ];
}

function progressNotes(run: TrainingProgress): string[] {
  const speed = `${Math.round(run.samplesPerSecond)} samples/s`;
  const share = run.totalSteps > 0 ? `${Math.floor((100 * run.step) / run.totalSteps)} %` : "";
  if (run.state === "running") return [`running: ${share}`, speed, `${duration(run.secondsLeft)} left`];
  if (run.state === "diverged") return ["diverged: the loss is no longer finite; try a smaller learning rate", speed];
  if (run.state === "early-stopped") return ["ended early: the loss had stopped falling", speed];
  return [run.state === "stopped" ? "stopped, best weights kept" : "finished", speed];
}

/** "45 s", "3 min 20 s", "2 h 5 min" */
function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "unknown time";
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function checkRun(run: TrainingResult | TrainingProgress): void {
  if (typeof run === "object" && run !== null && Array.isArray(run.epochs)) return;
  throw new SpecbookError("OptionError", "plot.lossCurve cannot draw this value", {
    got: run instanceof Promise ? "a promise (await is missing)" : typeof run,
    needed: "the record of a training run",
    remedy: "give what fit returns: plot.lossCurve(await fit(model, train))",
  });
}
