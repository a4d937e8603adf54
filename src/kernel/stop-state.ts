/**
 * The words of memory that the main thread and the control thread share. A flag is `run * 4 + phase`, so that a flag left
 * over from one cell never stops a later one.
 */
export const ACKNOWLEDGED = 0; // counts the turns of the main thread's event loop that saw a message
export const FLAG = 1; // what the guards look at; 0: nothing to do
export const RUN = 2; // number of the running cell, 0 between cells
export const WATCH = 3; // 0 outside, 1 inside the stretch that a SIGINT may end, 2: a SIGINT is on its way
export const HEEDED = 4; // 1 once code of the running cell asked for its AbortSignal
export const WORDS = 5;

/** The phases of a stop, the lowest two bits of the flag. */
export const Phase = {
  /** The running cell's next guard throws once and clears the flag: catch and finally blocks may then work. */
  ask: 1,
  /** Every guard of that cell throws until it ends. */
  insist: 2,
  /** The main thread is blocked: every guard throws, whosever code it is. */
  force: 3,
} as const;

/** The flag of a run in a phase. */
export const flagOf = (run: number, phase: number): number => run * 4 + phase;
/** The phase of a flag. */
export const phaseOf = (flag: number): number => flag & 3;
/** The run of a flag. */
export const runOf = (flag: number): number => flag >> 2;

/** Times of a stop, in milliseconds. */
export const Times = {
  /** A main thread silent for so long counts as blocked, beyond the grace. */
  blocked: 100,
  /** From the first guard that threw: time for catch and finally blocks. */
  grace: 500,
  /** The same for a cell whose code listens to the AbortSignal: time to restore the best weights. */
  heededGrace: 4000,
  /** How long an interrupted await may settle by itself when the AbortSignal is listened to. */
  settle: 2500,
  /** It is not waited for longer once the event loop has had nothing to do for so long: then nobody is tidying up. */
  idle: 400,
  /** Without a single guard passed: from then on harder means are used. */
  late: 650,
} as const;
