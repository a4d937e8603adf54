import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Dealer, Request, Subscriber } from "zeromq";
import { createEncoder, decode, type Message } from "../../src/kernel/wire";

/** The folder of what is built. */
export const DIST: string = resolve(__dirname, "../../dist");
const MAIN = join(DIST, "kernel/main.js");
const CHANNELS = ["shell", "iopub", "stdin", "control", "hb"] as const;

/** One output of a cell: the type of its message and the content. */
export interface CellOutput {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a message holds is what the tests are about
  readonly content: any;
}

/** Everything one execute request led to. */
export interface CellRun {
  /** Of the request: what later messages of the cell name as their parent. */
  readonly id: string;
  readonly status: string;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly reply: any;
  readonly outputs: readonly CellOutput[];
  /** The text of both streams. */
  readonly text: string;
  /** `text/plain` of the result. */
  readonly result: string | undefined;
  /** `ename: evalue` and the traceback of the error. */
  readonly error: { readonly name: string; readonly value: string; readonly traceback: string } | undefined;
  /** From the stop to the end of the cell. */
  readonly stopMs: number | undefined;
}

export interface KernelOptions {
  /** Where the notebook lives. */
  readonly cwd?: string;
  readonly node?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Ports that nothing listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

/** A Jupyter client without Python: starts the built kernel and talks to it as a front end does. */
export class KernelClient {
  readonly #key = randomUUID();
  readonly #encode = createEncoder(this.#key);
  readonly #shell = new Dealer();
  readonly #control = new Dealer();
  readonly #stdin = new Dealer();
  readonly #iopub = new Subscriber();
  readonly #heartbeat = new Request();
  readonly #replies = new Map<string, (message: Message) => void>();
  readonly #listeners = new Map<string, (message: Message) => void>();
  readonly #folder = mkdtempSync(join(tmpdir(), "specbook-kernel-"));
  /** What the process itself wrote: nothing, if all is well. */
  stderr = "";
  /** Answers the kernel's questions for input. */
  answer: (prompt: string, password: boolean) => string | Promise<string> = () => "";
  /** Hears every message on iopub, whatever it belongs to. */
  hear: (message: Message) => void = () => {};
  #process!: ChildProcess;

  /** Starts a kernel and waits until it answers. */
  static async start(options: KernelOptions = {}): Promise<KernelClient> {
    const client = new KernelClient();
    await client.#start(options);
    return client;
  }

  async #start({ cwd, node = process.execPath, env }: KernelOptions): Promise<void> {
    const ports = await freePorts(CHANNELS.length);
    const connection: Record<string, unknown> = { transport: "tcp", ip: "127.0.0.1", key: this.#key };
    CHANNELS.forEach((channel, i) => {
      connection[`${channel}_port`] = ports[i];
    });
    const file = join(this.#folder, "connection.json");
    writeFileSync(file, JSON.stringify(connection));
    this.#process = spawn(node, [MAIN, "--connection-file", file], {
      cwd: cwd ?? this.#folder,
      env: { ...process.env, JPY_PARENT_PID: String(process.pid), ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#process.stderr?.on("data", (data) => {
      this.stderr += data;
    });
    const [shell, iopub, stdin, control, heartbeat] = ports.map((port) => `tcp://127.0.0.1:${port}`);
    const identity = randomUUID(); // input requests come to the stdin socket that shares the shell's identity
    this.#shell.routingId = identity;
    this.#stdin.routingId = identity;
    this.#shell.connect(shell);
    this.#control.connect(control);
    this.#stdin.connect(stdin);
    this.#heartbeat.connect(heartbeat);
    this.#iopub.connect(iopub);
    this.#iopub.subscribe();
    void this.#listen(this.#shell, (m) => this.#replies.get(m.parent.msg_id ?? "")?.(m));
    void this.#listen(this.#control, (m) => this.#replies.get(m.parent.msg_id ?? "")?.(m));
    void this.#listen(this.#iopub, (m) => {
      this.#listeners.get(m.parent.msg_id ?? "")?.(m);
      this.hear(m);
    });
    void this.#listen(this.#stdin, async ({ header, content }) => {
      const value = await this.answer(content.prompt, content.password);
      const reply = { type: "input_reply", content: { value }, parent: header };
      void this.#stdin.send(this.#encode(reply) as string[]);
    });
    // a subscriber that connects late misses messages: ask until one came through
    for (let heard = false; !heard; ) {
      const { id, done } = this.#send("shell", "kernel_info_request", {});
      this.#listeners.set(id, () => {
        heard = true;
      });
      await done;
      await new Promise((wait) => setTimeout(wait, 20));
    }
  }

  async #listen(socket: Dealer | Subscriber, handle: (message: Message) => void): Promise<void> {
    try {
      for await (const frames of socket) handle(decode(this.#key, frames));
    } catch (error) {
      if (!socket.closed) throw error;
    }
  }

  #send(
    channel: "shell" | "control",
    type: string,
    content: unknown,
    draft: { metadata?: Record<string, unknown>; buffers?: readonly Uint8Array[] } = {},
  ): { id: string; done: Promise<Message> } {
    const frames = this.#encode({ type, content, ...draft });
    const id: string = JSON.parse(frames[2] as string).msg_id;
    const done = new Promise<Message>((resolve) => this.#replies.set(id, resolve));
    void (channel === "shell" ? this.#shell : this.#control).send(frames as string[]);
    return { id, done };
  }

  /** Sends a request and returns the content of its reply. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  async request(type: string, content: unknown, channel: "shell" | "control" = "shell"): Promise<any> {
    return (await this.#send(channel, type, content).done).content;
  }

  /** Sends a comm message, which has no reply, and returns what it led to until the kernel had dealt with it. */
  comm(type: string, content: unknown, buffers: readonly Uint8Array[] = []): Promise<Message[]> {
    const { id } = this.#send("shell", type, content, { buffers });
    const heard: Message[] = [];
    return new Promise((resolve) => {
      this.#listeners.set(id, (message) => {
        if (message.header.msg_type !== "status") heard.push(message);
        else if (message.content.execution_state === "idle") resolve(heard);
      });
    });
  }

  /**
   * Runs a cell and waits for its reply and for the kernel to be idle again. `stopAfter` presses stop that many ms after the
   * kernel took the cell, or after the cell first printed if `stopWhenPrinted`; by message, or by the signal `stopBy`.
   */
  async run(
    code: string,
    options: {
      stopAfter?: number;
      stopWhenPrinted?: boolean;
      stopBy?: NodeJS.Signals;
      content?: object;
      metadata?: Record<string, unknown>;
    } = {},
  ): Promise<CellRun> {
    const { stopAfter, stopWhenPrinted = false, stopBy, content, metadata } = options;
    const outputs: CellOutput[] = [];
    const request = { code, silent: false, store_history: true, allow_stdin: true, stop_on_error: true, ...content };
    const { id, done } = this.#send("shell", "execute_request", request, { metadata });
    let stoppedAt: number | undefined;
    let timer: NodeJS.Timeout | undefined;
    const idle = new Promise<void>((resolve) => {
      this.#listeners.set(id, ({ header: { msg_type: type }, content }) => {
        if (type === "status" && content.execution_state === "idle") resolve();
        if (type === (stopWhenPrinted ? "stream" : "execute_input") && stopAfter !== undefined && timer === undefined) {
          timer = setTimeout(() => {
            stoppedAt = performance.now();
            if (stopBy === undefined) void this.stop();
            else this.#process.kill(stopBy);
          }, stopAfter);
        }
        if (type !== "status" && type !== "execute_input") outputs.push({ type, content });
      });
    });
    const reply = (await done).content;
    await idle;
    clearTimeout(timer);
    const error = outputs.find(({ type }) => type === "error")?.content;
    const text = outputs.filter(({ type }) => type === "stream").map(({ content }) => content.text);
    return {
      id,
      status: reply.status,
      reply,
      outputs,
      text: text.join(""),
      result: outputs.find(({ type }) => type === "execute_result")?.content.data["text/plain"],
      error: error && { name: error.ename, value: error.evalue, traceback: error.traceback.join("\n") },
      stopMs: stoppedAt === undefined ? undefined : performance.now() - stoppedAt,
    };
  }

  /** Hears every message that a later request leads to, also after the cell has ended. */
  listenTo(id: string, handle: (message: Message) => void): void {
    this.#listeners.set(id, handle);
  }

  /** Process id of the kernel. */
  get pid(): number {
    return this.#process.pid ?? -1;
  }

  /** Presses the stop button. */
  stop(): Promise<unknown> {
    return this.request("interrupt_request", {}, "control");
  }

  /** One heartbeat: resolves when it comes back. */
  async beat(): Promise<string> {
    await this.#heartbeat.send("ping");
    return String(await this.#heartbeat.receive());
  }

  /** True while the process lives. */
  get isAlive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Waits for the end of the process and returns its exit code (null: killed). */
  async ended(): Promise<number | null> {
    if (this.isAlive) await new Promise((resolve) => this.#process.once("exit", resolve));
    return this.#process.exitCode;
  }

  /** Shuts the kernel down and returns its exit code (null: killed). */
  async close(): Promise<number | null> {
    if (this.isAlive) {
      void this.request("shutdown_request", { restart: false }, "control");
      const timer = setTimeout(() => this.#process.kill("SIGKILL"), 10_000);
      await this.ended();
      clearTimeout(timer);
    }
    for (const socket of [this.#shell, this.#control, this.#stdin, this.#iopub, this.#heartbeat]) socket.close();
    rmSync(this.#folder, { recursive: true, force: true });
    return this.#process.exitCode;
  }
}
