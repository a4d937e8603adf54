import { AsyncLocalStorage } from "node:async_hooks";
import { createRequire } from "node:module";
import { SpecbookError, VERSION } from "../core";
import { CELLS_TARGET, type CellsChanged } from "../core/cells";
import { type Comm, FRONT_END_TARGET } from "../core/comm";
import { setHost } from "../core/host";
import type { CellApi } from "./cell-api";
import type { CellContext } from "./cell-context";
import { KeyboardInterrupt } from "./cell-errors";
import { CellLifetimes } from "./cell-lifetimes";
import { CellModules } from "./cell-modules";
import { CellRunner, SENTINEL } from "./cell-runner";
import { CellStates, cellsQuestion } from "./cell-states";
import { KernelComms } from "./comms";
import { CellCompiler } from "./compiler";
import type { Connection } from "./connection-file";
import { ExecutionQueue } from "./execution-queue";
import { shortenTypedArrays } from "./format-value";
import { Guards } from "./guards";
import { Output } from "./output";
import { PACKAGE_NAME } from "./package-types";
import { preload } from "./preload";
import { alwaysOn, protectProcess } from "./protect-process";
import { Requests } from "./requests";
import { type Reply, Sockets } from "./sockets";
import { WORDS } from "./stop-state";
import { Traces } from "./traces";
import { typescript } from "./typescript";
import type { Message } from "./wire";

const WARM_UP_PAUSE = 60;

const nobodyToAsk = (question: string) =>
  new SpecbookError("OptionError", "nobody can answer this cell's question", {
    got: `prompt(${JSON.stringify(question)}) where the front end gives no input, as in a run without a user`,
    needed: "a notebook open in a front end with input",
    remedy: "put the value into the cell instead: a run takes others with -p name=value",
  });

/** A kernel: the parts, wired. Its notebook lives in the working directory of the process. */
export class Kernel {
  readonly #context = new AsyncLocalStorage<CellContext>();
  readonly #traces = new Traces();
  readonly #guards: Guards;
  readonly #sockets: Sockets;
  readonly #output: Output;
  readonly #modules: CellModules;
  readonly #runner: CellRunner;
  readonly #queue: ExecutionQueue;
  readonly #comms: KernelComms;
  readonly #lifetimes: CellLifetimes = new CellLifetimes();
  readonly #askers = new Set<Comm>();
  readonly #states: CellStates = new CellStates(process.cwd(), typescript);
  readonly #requests: Requests;
  readonly #inputs: ((text: string) => void)[] = [];
  #compiler: CellCompiler | undefined;

  constructor(connection: Connection) {
    const words = new Int32Array(new SharedArrayBuffer(4 * WORDS));
    this.#guards = new Guards(words, this.#context, this.#traces, () => this.#sockets.stop());
    this.#sockets = new Sockets(connection, words, {
      onRequest: (message, reply) => this.#onRequest(message, reply),
      onInput: ({ header, content }) => {
        if (header.msg_type === "input_reply") this.#inputs.shift()?.(String(content.value));
      },
      onInterrupt: (run) => this.#guards.interrupt(run),
      onForce: (run) => this.#guards.force(run),
    });
    this.#output = new Output(this.#sockets, this.#context);
    this.#modules = new CellModules(process.cwd(), this.#cellApi(), typescript, this.#traces);
    this.#runner = new CellRunner(() => this.compiler(), this.#modules, this.#guards, this.#traces);
    this.#queue = new ExecutionQueue(
      this.#sockets,
      this.#output,
      this.#runner,
      this.#traces,
      this.#context,
      this.#lifetimes,
      this.#states,
    );
    this.#comms = new KernelComms(this.#output, this.#context, this.#traces);
    this.#requests = new Requests({
      compiler: () => this.compiler(),
      queue: this.#queue,
      sockets: this.#sockets,
      comms: this.#comms,
      version: VERSION,
    });
  }

  /** Opens the sockets; the kernel answers from then on. TypeScript is loaded a moment later, or by the first cell. */
  async start(): Promise<void> {
    setHost({
      signal: () => this.#guards.signal(),
      display: (bundle) => this.#output.display(bundle),
      comms: this.#comms,
      bind: (callback) => {
        const request = this.#context.getStore()?.request;
        return request === undefined ? callback : (...given) => this.#context.run({ request }, callback, ...given);
      },
      whenGone: (release) => this.#lifetimes.add(this.#context.getStore()?.request, release),
      changeReporter: () => this.#changeReporter(),
    });
    this.#comms.accept(CELLS_TARGET, (comm) => {
      this.#askers.add(comm);
      comm.onClose(() => this.#askers.delete(comm));
      comm.onMessage((data) => {
        const question = cellsQuestion(data);
        if (question !== undefined) comm.send({ ...this.#states.answer(question) });
      });
    });
    this.#comms.accept(FRONT_END_TARGET, () => {}); // what it opens says that it is there
    shortenTypedArrays();
    this.#output.capture();
    this.#watchProcess();
    await this.#sockets.open();
    this.#output.status("starting");
    this.#warmUp([
      () => typescript(),
      () => this.compiler(),
      () => this.compiler().complete("nm", 2),
      () => this.#modules.require(PACKAGE_NAME),
    ]);
  }

  /** The compiler with the library's names declared; made at the first call. */
  compiler(): CellCompiler {
    if (this.#compiler === undefined) {
      const { declarations, values } = preload(typescript(), process.cwd());
      this.#compiler = new CellCompiler(declarations);
      for (const [name, from] of values) {
        this.#runner.define(name, () => (this.#modules.require(from) as Record<string, unknown>)[name]);
      }
      const jupyter = createRequire(__filename)("tslab/dist/jupyter");
      Object.defineProperty(jupyter, "lastWriteDisplayData", { configurable: true, get: () => this.#output.tslab });
    }
    return this.#compiler;
  }

  // The first cell should not pay for loading TypeScript and the library; in steps, so that requests are answered between.
  #warmUp([step, ...rest]: readonly (() => unknown)[]): void {
    if (step === undefined) return;
    const next = () => {
      if (!this.#queue.isBusy) step(); // a cell that runs has loaded what it needs
      this.#warmUp(rest);
    };
    setTimeout(next, WARM_UP_PAUSE);
  }

  // A view of the running cell tells what was changed in it by hand; front ends then ask anew what is stale.
  #changeReporter(): (() => void) | undefined {
    const cell = this.#context.getStore()?.request?.metadata.cellId;
    if (typeof cell !== "string") return undefined;
    return () => {
      this.#states.changed(cell);
      for (const comm of this.#askers) comm.send({ changed: true } satisfies CellsChanged);
    };
  }

  #cellApi(): CellApi {
    return {
      displayBundle: (bundle) => this.#output.display(bundle),
      clearOutput: (wait = false) => this.#output.clear(wait),
      stopSignal: () => this.#guards.signal() ?? new AbortController().signal,
      prompt: (question = "", { password = false } = {}) => {
        const { request, run } = this.#context.getStore() ?? {};
        if (!request?.content.allow_stdin) return Promise.reject(nobodyToAsk(question));
        this.#output.flush();
        this.#sockets.askInput(request, question, password);
        return new Promise((resolve) => {
          this.#inputs.push(resolve);
          const forget = () => this.#inputs.splice(this.#inputs.indexOf(resolve), 1); // stopped: no answer will come
          run?.controller.signal.addEventListener("abort", () => this.#inputs.includes(resolve) && forget());
        });
      },
    };
  }

  #onRequest(message: Message, reply: Reply): void {
    const { msg_type: type } = message.header;
    if (type === "execute_request") {
      this.#queue.add(message, reply);
      return;
    }
    this.#sockets.publish("status", { execution_state: "busy" }, message.header);
    const content = this.#requests.answer(message, this.#traces);
    if (content !== undefined) reply(type.replace("_request", "_reply"), content);
    this.#output.flush();
    this.#sockets.publish("status", { execution_state: "idle" }, message.header);
    // else JupyterLab shows "idle" beside a running cell
    const running = this.#queue.running;
    if (running) this.#sockets.publish("status", { execution_state: "busy" }, running.header);
    if (type === "shutdown_request") setTimeout(() => this.#sockets.exit(), 20);
  }

  #watchProcess(): void {
    const exit = () => this.#sockets.exit();
    process.on("SIGINT", () => this.#sockets.stop());
    process.on("SIGTERM", exit);
    alwaysOn("uncaughtException", (error) => {
      if (error === SENTINEL) return;
      if (error instanceof KeyboardInterrupt) this.#guards.lost(error);
      else this.#complain("Uncaught", error);
    });
    alwaysOn("unhandledRejection", (error) => {
      if (error instanceof KeyboardInterrupt) this.#guards.lost(error);
      else this.#complain("Unhandled rejection:", error);
    });
    process.on("rejectionHandled", () => {}); // else node warns of what was handled a moment later
    protectProcess();
  }

  // In the cell that it came from: if the promise chain has lost it, the stack may still tell.
  #complain(what: string, error: unknown): void {
    const text = `${what} ${this.#traces.lines(error).join("\n")}\n`;
    const cell = this.#context.getStore() === undefined ? this.#traces.cellOf(error) : undefined;
    const request = cell === undefined ? undefined : this.#queue.requestOf(cell);
    if (request === undefined) process.stderr.write(text);
    else this.#context.run({ request }, () => process.stderr.write(text));
  }
}
