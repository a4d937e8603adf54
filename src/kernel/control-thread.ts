/**
 * The second thread: heartbeat and control socket. It answers while the main thread is busy, and it is what makes the
 * stop button work: it raises the flag that the guards of the cell look at, and escalates while nothing happens.
 */
import { parentPort, workerData } from "node:worker_threads";
import { Reply, Router } from "zeromq";
import { address, type Connection, LOSSLESS } from "./connection-file";
import { ACKNOWLEDGED, FLAG, flagOf, HEEDED, Phase, RUN, Times, WATCH } from "./stop-state";
import { createEncoder, decode, type Frame, type Message } from "./wire";

/** What the main thread starts this thread with. */
export interface ControlData {
  readonly connection: Connection;
  readonly shared: SharedArrayBuffer;
  /** Process id of the program that started the kernel. */
  readonly parent: number;
}

/** What this thread tells the main thread. */
export type FromControl =
  | { readonly kind: "ready" }
  /** Needs no answer: that it was heard shows that the main thread is free. */
  | { readonly kind: "ping" }
  | { readonly kind: "interrupt"; readonly run: number }
  | { readonly kind: "force"; readonly run: number }
  | { readonly kind: "orphaned" }
  | { readonly kind: "message"; readonly frames: Uint8Array[] };

/** What the main thread tells this thread. */
export type ToControl = { readonly kind: "close" } | { readonly kind: "stop" } | { kind: "send"; frames: Frame[] };

const port = parentPort!; // this module is only ever loaded as a worker
const { connection, shared, parent } = workerData as ControlData;
const words = new Int32Array(shared);
const read = (index: number) => Atomics.load(words, index);
const tell = (message: FromControl) => port.postMessage(message);
// unref: no sleep keeps this thread alive once its sockets are closed
const sleep = (ms: number) => new Promise<void>((done) => setTimeout(done, ms).unref());
const encode = createEncoder(connection.key);
const GIVE_UP = 600_000;
const PARENT_CHECK = 2000;
const LEFTOVER_CHECKS = 5;
const LEFTOVER_PATIENCE = 600;

let active: { run: number; impatient: boolean } | null = null;

async function stop(): Promise<void> {
  let run = read(RUN);
  if (active !== null && run !== 0 && active.run === run) {
    active.impatient = true; // pressed twice: no more grace
    return;
  }
  const mine = { run, impatient: false };
  active = mine;
  const acknowledged = read(ACKNOWLEDGED);
  const start = performance.now();
  let handledAt: number | undefined; // when a guard threw or the main thread took over: from here the grace runs
  let forced = false;
  let signalled = false;
  let asked = false;
  const ask = () => {
    asked = true;
    if (run !== 0) Atomics.compareExchange(words, FLAG, 0, flagOf(run, Phase.ask));
  };
  // code that listens to the signal gets it first, from the main thread, unless that stays blocked
  if (read(HEEDED) === 0) ask();
  tell({ kind: "interrupt", run });
  for (; active === mine; await sleep(10)) {
    const time = performance.now() - start;
    const blocked = read(ACKNOWLEDGED) === acknowledged;
    if (time > GIVE_UP || (!blocked && (run === 0 || read(RUN) !== run))) break;
    if (run === 0 && blocked && read(RUN) !== 0) {
      run = read(RUN); // it was being compiled when stop was pressed
      mine.run = run;
      if (read(HEEDED) === 0) ask();
    }
    if (!asked && blocked && time > Times.settle) ask();
    if (handledAt === undefined && ((asked && read(FLAG) === 0) || !blocked)) handledAt = time;
    const heeded = read(HEEDED) === 1;
    const grace = heeded ? Times.heededGrace : Times.grace;
    const patience = handledAt === undefined ? (heeded ? Times.heededGrace : Times.late) : handledAt + grace;
    const late = mine.impatient || time > patience;
    if (!late) continue;
    if (blocked) {
      Atomics.store(words, FLAG, flagOf(run, Phase.force));
      if (read(ACKNOWLEDGED) !== acknowledged) Atomics.compareExchange(words, FLAG, flagOf(run, Phase.force), 0);
      const guardless = handledAt === undefined || time - handledAt > grace + Times.blocked || mine.impatient;
      if (!signalled && guardless) signalled = interruptWatchedStretch();
    }
    if (run !== 0 && !forced) {
      forced = true;
      if (!blocked) Atomics.store(words, FLAG, flagOf(run, Phase.insist));
      tell({ kind: "force", run });
    }
  }
  if (run !== 0) await stopLeftovers(() => active === mine && read(RUN) === 0);
  if (active === mine) active = null;
}

// A timer or an event handler of the stopped cell may block the main thread after the cell has ended.
async function stopLeftovers(isQuiet: () => boolean): Promise<void> {
  for (let i = 0; i < LEFTOVER_CHECKS && isQuiet(); i++) {
    const acknowledged = read(ACKNOWLEDGED);
    const blocked = () => read(ACKNOWLEDGED) === acknowledged && isQuiet();
    tell({ kind: "ping" });
    const start = performance.now();
    for (let waited = 0; waited < GIVE_UP && (waited < Times.blocked || blocked()); await sleep(10)) {
      waited = performance.now() - start;
      if (waited > LEFTOVER_PATIENCE && blocked()) Atomics.store(words, FLAG, flagOf(0, Phase.force));
    }
    Atomics.compareExchange(words, FLAG, flagOf(0, Phase.force), 0);
  }
}

// The last resort, for library code without guards: node's own SIGINT watch ends the call, past all catch and finally
// blocks. 1 -> 2 keeps the main thread inside the call until the signal has come.
function interruptWatchedStretch(): boolean {
  if (process.platform === "win32" || Atomics.compareExchange(words, WATCH, 1, 2) !== 1) return false;
  process.kill(process.pid, "SIGINT");
  return true;
}

async function main(): Promise<void> {
  const heartbeat = new Reply();
  const control = new Router(LOSSLESS);
  await heartbeat.bind(address(connection, "hb"));
  await control.bind(address(connection, "control"));
  const send = (frames: Frame[]) => {
    control.send(frames as (string | Buffer)[]).catch(() => {}); // a client that has gone needs no answer
  };
  const reply = (to: Message, type: string, content: unknown) =>
    send(encode({ ids: to.ids, type, content, parent: to.header }));

  port.on("message", (message: ToControl) => {
    if (message.kind === "stop") void stop();
    else if (message.kind === "send") send(message.frames.map((f) => (typeof f === "string" ? f : Buffer.from(f))));
    else {
      heartbeat.close();
      control.close();
      port.close();
    }
  });
  tell({ kind: "ready" });
  if (process.env.JPY_PARENT_PID !== undefined) watchParent();
  void (async () => {
    for await (const beat of heartbeat) await heartbeat.send(beat);
  })().catch(() => {});

  for await (const frames of control) {
    let message: Message;
    try {
      message = decode(connection.key, frames);
    } catch {
      continue; // not from our client
    }
    if (message.header.msg_type === "interrupt_request") {
      void stop();
      reply(message, "interrupt_reply", { status: "ok" });
      continue;
    }
    if (message.header.msg_type === "shutdown_request") void shutdownIfBlocked(message, reply);
    tell({ kind: "message", frames });
  }
}

// A client that died leaves no orphan. Watched from here, because a cell may keep the main thread busy for ever.
function watchParent(): void {
  const timer = setInterval(() => {
    if (isAlive()) return;
    clearInterval(timer);
    tell({ kind: "orphaned" });
    setTimeout(() => process.kill(process.pid, "SIGKILL"), PARENT_CHECK).unref();
  }, PARENT_CHECK);
  timer.unref();
}

// An orphan gets another parent, except on Windows, where it keeps the number of the dead one.
function isAlive(): boolean {
  if (process.platform !== "win32") return process.ppid === parent;
  try {
    return process.kill(parent, 0);
  } catch {
    return false;
  }
}

async function shutdownIfBlocked(
  message: Message,
  reply: (to: Message, type: string, content: unknown) => void,
): Promise<void> {
  const acknowledged = read(ACKNOWLEDGED);
  await sleep(1000);
  if (read(ACKNOWLEDGED) !== acknowledged) return;
  reply(message, "shutdown_reply", { status: "ok", restart: Boolean(message.content.restart) });
  setTimeout(() => process.kill(process.pid, "SIGKILL"), 50);
}

main().catch((error) => {
  throw error; // reaches the main thread as the worker's error event
});
