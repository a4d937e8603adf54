import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { Router, XPublisher } from "zeromq";
import { address, type Connection, LOSSLESS } from "./connection-file";
import type { ControlData, FromControl, ToControl } from "./control-thread";
import { FIRST_PARENT } from "./first-parent";
import { exitProcess, killProcess } from "./protect-process";
import { ACKNOWLEDGED } from "./stop-state";
import { createEncoder, type Draft, decode, type Frame, type Header, type Message } from "./wire";

/** Answers a request on the socket it came by. */
export type Reply = (type: string, content: unknown) => void;

/** What the sockets hand to the kernel. */
export interface SocketEvents {
  onRequest(message: Message, reply: Reply): void;
  onInput(message: Message): void;
  onInterrupt(run: number): void;
  onForce(run: number): void;
}

const HARD_EXIT = 1000;
// zeromq's types want Buffers where its code takes any bytes
type ZmqFrames = (string | Buffer)[];

/** The five sockets: three here, heartbeat and control on the control thread. */
export class Sockets {
  readonly #iopub = new XPublisher(LOSSLESS);
  readonly #shell = new Router(LOSSLESS);
  readonly #stdin = new Router(LOSSLESS);
  readonly #encode: (draft: Draft) => Frame[];
  #control: Worker | undefined;

  constructor(
    readonly connection: Connection,
    readonly words: Int32Array,
    readonly events: SocketEvents,
  ) {
    this.#encode = createEncoder(connection.key);
    this.#iopub.verbosity = "allSubs"; // every new client, also with the same topic
  }

  /** Publishes a message to all clients. */
  publish(
    type: string,
    content: unknown,
    parent: Partial<Header>,
    metadata?: Record<string, unknown>,
    buffers?: readonly Uint8Array[],
  ): void {
    const draft = { ids: [Buffer.from(type)], type, content, parent, metadata, buffers };
    void this.#iopub.send(this.#encode(draft) as ZmqFrames).catch(() => {}); // closed: nobody listens any more
  }

  /** Asks the client of `request` for a line of text. */
  askInput(request: Message, prompt: string, password: boolean): void {
    const content = { prompt, password };
    const frames = this.#encode({ ids: request.ids, type: "input_request", content, parent: request.header });
    void this.#stdin.send(frames as ZmqFrames).catch(() => {});
  }

  /** Presses the stop button. */
  stop(): void {
    this.#tell({ kind: "stop" });
  }

  /** Binds one socket after the other (zeromq refuses sends during another's bind), shell last. Returns when all are bound. */
  async open(): Promise<void> {
    const { connection } = this;
    await this.#iopub.bind(address(connection, "iopub"));
    void this.#welcome();
    await this.#stdin.bind(address(connection, "stdin"));
    await this.#startControl();
    await this.#shell.bind(address(connection, "shell"));
    void this.#receive(this.#stdin, (message) => this.events.onInput(message));
    void this.#receive(this.#shell, (message) =>
      this.events.onRequest(
        message,
        this.#replier(message, (frames) => this.#shell.send(frames as ZmqFrames)),
      ),
    );
  }

  /** Closes everything and ends the process: process.exit while the control thread holds sockets would abort node. */
  exit(): void {
    const end = () => exitProcess(0);
    setTimeout(killProcess, HARD_EXIT);
    if (this.#control === undefined) end();
    this.#control?.once("exit", () => {
      for (const socket of [this.#iopub, this.#shell, this.#stdin]) socket.close();
      end();
    });
    this.#tell({ kind: "close" });
  }

  #tell(message: ToControl): void {
    this.#control?.postMessage(message);
  }

  #replier(to: Message, send: (frames: Frame[]) => Promise<void> | void): Reply {
    return (type, content) =>
      void Promise.resolve(send(this.#encode({ ids: to.ids, type, content, parent: to.header }))).catch(() => {});
  }

  // A client that has subscribed is told so: what it runs from then on, it hears whole.
  async #welcome(): Promise<void> {
    for await (const [subscription] of this.#iopub) {
      if (subscription[0] !== 1) continue; // 0: gone
      const topic = subscription.subarray(1);
      const draft = { ids: [topic], type: "iopub_welcome", content: { subscription: topic.toString() } };
      void this.#iopub.send(this.#encode(draft) as ZmqFrames).catch(() => {});
    }
  }

  async #receive(socket: Router, handle: (message: Message) => void): Promise<void> {
    for await (const frames of socket) {
      const message = this.#decode(frames);
      if (message !== undefined) handle(message);
    }
  }

  #decode(frames: readonly Uint8Array[]): Message | undefined {
    try {
      return decode(this.connection.key, frames);
    } catch (error) {
      process.stderr.write(`specbook kernel: ${error instanceof Error ? error.message : error}\n`);
      return undefined;
    }
  }

  #startControl(): Promise<void> {
    const workerData: ControlData = {
      connection: this.connection,
      shared: this.words.buffer as SharedArrayBuffer, // made as one in main
      parent: FIRST_PARENT,
    };
    const worker = new Worker(join(__dirname, "control-thread.js"), { workerData });
    this.#control = worker;
    return new Promise((resolve, reject) => {
      worker.once("error", reject);
      worker.on("message", (message: FromControl) => {
        Atomics.add(this.words, ACKNOWLEDGED, 1);
        if (message.kind === "ready") resolve();
        else if (message.kind === "interrupt") this.events.onInterrupt(message.run);
        else if (message.kind === "orphaned") this.exit();
        else if (message.kind === "force") this.events.onForce(message.run);
        else if (message.kind === "message") {
          const request = this.#decode(message.frames);
          if (request === undefined) return;
          const send = (frames: Frame[]) => this.#tell({ kind: "send", frames });
          this.events.onRequest(request, this.#replier(request, send));
        }
      });
    });
  }
}
