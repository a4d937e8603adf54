/** A file that the library read. */
export interface ReadFile {
  /** Absolute path. */
  readonly path: string;
  /** Bytes when it was read last. */
  readonly size: number;
}

/** The engine that the library loaded. */
export interface UsedEngine {
  readonly name: string;
  readonly device: "cpu" | "gpu";
  /** Version of native TensorFlow; undefined on the wasm engine. */
  readonly tensorflow?: string;
  readonly tfjs: string;
}

/** What a run record says about the work of a process beside the notebook's text. */
export interface RunFacts {
  /** By path, in the order of the first reading. */
  readonly files: Map<string, ReadFile>;
  engine?: UsedEngine;
}

// The kernel's library and the user's own may be two copies of this package: they meet on the global object.
const KEY = Symbol.for("specbook.run-facts");
type Holder = { [KEY]?: RunFacts };

/** What this process has read and loaded so far. */
export function runFacts(): RunFacts {
  const holder = globalThis as Holder;
  holder[KEY] ??= { files: new Map() };
  return holder[KEY];
}

/** Notes a file that was read. */
export function noteFile(path: string, size: number): void {
  runFacts().files.set(path, { path, size });
}

/** Notes the engine that was loaded. */
export function noteEngine(engine: UsedEngine): void {
  runFacts().engine = engine;
}
