import { existsSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as tfCore from "@tensorflow/tfjs-core";
import { LAYOUT } from "./recipe";

/** The addon of `setup/quiet-source.ts`. */
interface StderrCapture {
  /** Sends file descriptor 2 into an unnamed file; false if that cannot be done. */
  begin(): boolean;
  /** Puts file descriptor 2 back and returns what was written meanwhile. */
  end(): string;
}

/** What TensorFlow 2.21 prints on every start, before its log level can be read. */
const NOISE = /^(WARNING: All log messages before absl::InitializeLog\(\)|I\d{4} \d\d:\d\d:\d\d)/;

/**
 * Runs `load` (synchronous) without the lines that TensorFlow and tfjs print on every start. Failures still arrive as
 * errors; anything else that was written to stderr meanwhile is written after it. `TF_CPP_MIN_LOG_LEVEL`, where a user
 * has set it, is respected: 0 shows everything.
 *
 * @param directory - the engine folder; without the small addon that `specbook setup` builds there, two lines remain.
 */
export function quietly<T>(directory: string, load: () => T): T {
  const level = process.env.TF_CPP_MIN_LOG_LEVEL;
  if (level === undefined) process.env.TF_CPP_MIN_LOG_LEVEL = "3";
  const flags = tfCore.env();
  const production = flags.getBool("PROD");
  flags.set("PROD", true); // "Platform node has already been set", said because two copies of tfjs-core meet
  const capture = level === "0" ? undefined : loadCapture(join(directory, LAYOUT.quiet));
  const capturing = capture?.begin() ?? false;
  try {
    return load();
  } finally {
    flags.set("PROD", production);
    if (capturing) pass(capture?.end() ?? "");
  }
}

function loadCapture(path: string): StderrCapture | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return createRequire(path)(path);
  } catch {
    return undefined; // for looks only: never a reason not to load the engine
  }
}

function pass(text: string): void {
  const rest = text.split(/(?<=\n)/).filter((line) => line !== "" && !NOISE.test(line));
  if (rest.length > 0) writeSync(2, rest.join(""));
}
