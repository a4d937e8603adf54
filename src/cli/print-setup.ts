import type { SetupEvent, SetupReport } from "../engine";

/** The part of a stream that the report writes to. */
export interface ReportStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * Prints one line per step of a setup: what it does, that it was skipped, how long it took. A terminal shows progress
 * in place; a log file gets only what has ended.
 */
export function printSetup(stream: ReportStream = process.stdout): SetupReport {
  const line = (text: string, end: string) => stream.write(`${stream.isTTY ? "\r\x1b[K" : ""}${text}${end}`);
  return (event) => {
    const passing = event.state === "started" || event.state === "progress";
    if (!passing) line(describe(event), "\n");
    else if (stream.isTTY) line(describe(event).slice(0, 119), "");
  };
}

const MARKS: Readonly<Record<SetupEvent["state"], string>> = {
  started: "...",
  progress: "...",
  waiting: "...",
  skipped: " = ",
  done: " + ",
  failed: " ! ",
};

function describe({ step, state, text, seconds }: SetupEvent): string {
  const time = seconds === undefined ? "" : ` (${seconds.toFixed(1)} s)`;
  return `${MARKS[state]} ${step}${text === undefined ? "" : `: ${text}`}${time}`;
}
