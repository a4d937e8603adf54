import { label } from "../../../plot/numbers";
import type { SentRun } from "../../../views/training-protocol";

/** "45 s", "3 min 20 s", "2 h 5 min" */
export function duration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return "\u2026";
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** How a run stands, in a few words. */
export function stateWords({ state }: SentRun): string {
  return {
    running: "",
    finished: "finished",
    stopped: "stopped, best weights kept",
    "early-stopped": "ended early: the loss had stopped falling",
    diverged: "diverged: the loss is no longer finite",
  }[state];
}

/** A number with three digits and a true minus sign. */
export function number(value: number): string {
  return label(value).replace("-", "\u2212");
}
