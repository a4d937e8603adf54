import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { LAYOUT, RECIPE, type TfjsPackage } from "./recipe";

/** One file of an engine folder as it was when the self-test passed. */
export interface ReadyFile {
  /** Relative to the engine folder, with forward slashes. */
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** `ready.json`: written last, so a folder that has it is complete. */
export interface Ready {
  readonly recipe: number;
  readonly package: TfjsPackage;
  /** `wheel`: TensorFlow's Python wheel and a compiled addon. `stock`: tfjs-node's own download. */
  readonly way: "wheel" | "stock";
  readonly tensorflow: string;
  readonly tfjs: string;
  /** The specbook that made it. */
  readonly specbook: string;
  /** What the self-test ran on when it was made. */
  readonly device: "cpu" | "gpu";
  readonly files: readonly ReadyFile[];
}

/** The record of a complete engine folder of this recipe, undefined for any other. File sizes are checked: a file cut short shows. */
export function readReady(directory: string): Ready | undefined {
  try {
    const ready: Ready = JSON.parse(readFileSync(join(directory, LAYOUT.ready), "utf8"));
    const whole = ready.files.every(({ path, size }) => statSync(join(directory, path)).size === size);
    return ready.recipe === RECIPE && whole ? ready : undefined;
  } catch {
    return undefined;
  }
}
