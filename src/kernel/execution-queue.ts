import type { AsyncLocalStorage } from "node:async_hooks";
import type { CellContext } from "./cell-context";
import type { CellLifetimes } from "./cell-lifetimes";
import type { CellRunner } from "./cell-runner";
import type { CellStates } from "./cell-states";
import { askedName, helpPage } from "./help-page";
import { History } from "./history";
import { keepLatest } from "./keep-latest";
import type { Output } from "./output";
import { pictureSizes } from "./picture-sizes";
import { resultBundle } from "./result-bundle";
import type { Reply, Sockets } from "./sockets";
import { MOST_SOURCES, type Traces } from "./traces";
import type { Message } from "./wire";

interface Queued {
  readonly message: Message;
  readonly reply: Reply;
}

const ABORT_WAIT = 20; // "run all" has sent the rest by then

/** Runs the execute requests one after the other. */
export class ExecutionQueue {
  readonly history: History = new History();
  #queue: Queued[] = [];
  #running: Message | undefined;
  #count = 0;
  readonly #requests = new Map<number, Message>();

  constructor(
    readonly sockets: Sockets,
    readonly output: Output,
    readonly runner: CellRunner,
    readonly traces: Traces,
    readonly context: AsyncLocalStorage<CellContext>,
    readonly lifetimes: CellLifetimes,
    readonly states: CellStates,
  ) {}

  /** The request that runs now. */
  get running(): Message | undefined {
    return this.#running;
  }

  /** The request that ran as a cell of this number, as far as it is needed to print there; unknown for cells long ago. */
  requestOf(cell: number): Message | undefined {
    return this.#requests.get(cell);
  }

  get isBusy(): boolean {
    return this.#running !== undefined || this.#queue.length > 0;
  }

  /** Takes a request; it runs when those before it have. */
  add(message: Message, reply: Reply): void {
    this.#queue.push({ message, reply });
    if (this.#running === undefined) void this.#next();
  }

  async #next(): Promise<void> {
    const queued = this.#queue.shift();
    if (queued === undefined) return;
    const { message, reply } = queued;
    const { header, content } = message;
    this.#running = message;
    this.output.follow(message);
    this.output.status("busy", header);
    this.lifetimes.begin(message);
    const context: CellContext = { request: message };
    const { cellId } = message.metadata;
    const ended = typeof cellId === "string" ? this.states.begin(cellId, String(content.code)) : undefined;
    const ok = await this.#execute(message, reply, context);
    ended?.(context.run === undefined ? 0 : performance.now() - context.run.start);
    if (!ok && content.stop_on_error !== false) {
      await new Promise((done) => setTimeout(done, ABORT_WAIT));
      this.#abortWaiting();
    }
    this.#running = undefined;
    this.output.status("idle", header);
    void this.#next();
  }

  // Cells that were sent already are given back unrun. Without an execution count: JupyterLab would show it.
  #abortWaiting(): void {
    const waiting = this.#queue;
    this.#queue = [];
    for (const { message, reply } of waiting) {
      this.output.status("busy", message.header);
      reply("execute_reply", { status: "aborted" });
      this.output.status("idle", message.header);
    }
  }

  async #execute(message: Message, reply: Reply, context: CellContext): Promise<boolean> {
    const { header, content } = message;
    const code = String(content.code);
    const isSilent = content.silent === true;
    const count = isSilent ? this.#count : ++this.#count;
    if (!isSilent) this.output.send("execute_input", { code, execution_count: count }, header);
    // only the header is needed later
    if (!isSilent) {
      this.#requests.set(count, { header, ids: [], parent: {}, metadata: {}, content: {}, buffers: [] });
      keepLatest(this.#requests, MOST_SOURCES);
    }
    const item = { count, code, result: undefined as string | undefined };
    if (!isSilent && content.store_history !== false) this.history.add(item);
    const done = (payload: readonly unknown[] = []) => {
      this.output.flush();
      reply("execute_reply", { status: "ok", execution_count: count, payload, user_expressions: {} });
      return true;
    };
    try {
      const asked = askedName(code);
      if (asked !== undefined) return done([helpPage(this.runner.compiler(), asked)]);
      const value = await this.context.run(context, () => this.runner.run(code, isSilent ? 0 : count, context));
      if (!isSilent && value !== undefined && value !== null && !this.output.isHandle(value)) {
        const data = await this.context.run(context, () => resultBundle(value));
        item.result = String(data["text/plain"] ?? "");
        this.output.send("execute_result", { execution_count: count, data, metadata: pictureSizes(data) }, header);
      }
      await new Promise((done) => setImmediate(done)); // what the cell left unhandled is reported in the cell
      return done();
    } catch (error) {
      const report = this.traces.report(error);
      if (!isSilent) this.output.send("error", report, header);
      this.output.flush();
      reply("execute_reply", { status: "error", execution_count: count, ...report });
      return false;
    }
  }
}
