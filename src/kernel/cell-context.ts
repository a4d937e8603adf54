import type { Run } from "./run";
import type { Message } from "./wire";

/** What belongs to the code of one cell, wherever its promise chains lead: the request it came from, and its run. */
export interface CellContext {
  /** The execute request; undefined for what the kernel does by itself. */
  readonly request?: Message;
  run?: Run;
}
