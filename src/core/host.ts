import type { Comms } from "./comm";

/**
 * The place a cell runs in, if any. The kernel puts a host here; the library asks it for the stop signal of the running
 * cell and hands it live pictures. In plain Node there is none, and nothing is drawn.
 */
export interface Host {
  /** The stop signal of the cell that is running now. */
  signal(): AbortSignal | undefined;
  /** Shows a MIME bundle now, outside the cell's last expression, and returns a handle that replaces it in place. */
  display(bundle: MimeBundle): DisplayHandle;
  /** Channels to the front ends, for interactive views; undefined in a host that has none. */
  readonly comms?: Comms;
  /** Ties a callback to the running cell: what it prints, whenever it is called, is shown there. */
  bind?<Given extends unknown[], Back>(callback: (...given: Given) => Back): (...given: Given) => Back;
  /** Calls `release` when what the running cell has shown is gone, because the cell runs again or is deleted. */
  whenGone?(release: () => void): void;
  /** A function that says: what the running cell made is another since. Cells that use it are then stale. */
  changeReporter?(): (() => void) | undefined;
}

/** MIME type to content; JSON types hold objects, binary types base64 text. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** A display that can be replaced in place. */
export interface DisplayHandle {
  readonly id: string;
  update(bundle: MimeBundle): void;
}

// Kernel and library may be two copies of this package (the user's own install wins): they meet on the global object.
const KEY = Symbol.for("specbook.host");
type Holder = { [KEY]?: Host };

/** The host of the running cell, undefined in plain Node. */
export function currentHost(): Host | undefined {
  return (globalThis as Holder)[KEY];
}

/** Called by the kernel once, before the first cell. */
export function setHost(host: Host | undefined): void {
  (globalThis as Holder)[KEY] = host;
}
