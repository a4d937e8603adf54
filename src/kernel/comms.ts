import type { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import type { Comm, CommData, CommOpenOptions, Comms } from "../core/comm";
import type { CellContext } from "./cell-context";
import type { Output } from "./output";
import type { Traces } from "./traces";
import type { Message } from "./wire";

type Opened = Parameters<Comms["accept"]>[1];
type Listener = Parameters<Comm["onMessage"]>[0];

/** A channel, and what the kernel does with it. */
interface Channel {
  readonly comm: Comm;
  readonly listeners: Listener[];
  readonly closed: (() => void)[];
}

/** The front end's part of the comm protocol: the messages that come in, and what goes out. */
export class KernelComms implements Comms {
  readonly #channels = new Map<string, Channel>();
  readonly #takers = new Map<string, Opened>();
  readonly #known = new Set<string>();

  constructor(
    readonly output: Output,
    readonly context: AsyncLocalStorage<CellContext>,
    readonly traces: Traces,
  ) {}

  open(target: string, data: CommData, { metadata, buffers }: CommOpenOptions = {}): Comm {
    const id = randomUUID();
    const { comm } = this.#add(id, target);
    this.#send("comm_open", { comm_id: id, target_name: target, data }, buffers, metadata);
    return comm;
  }

  accept(target: string, opened: Opened): void {
    this.#takers.set(target, opened);
  }

  knows(target: string): boolean {
    return this.#known.has(target);
  }

  /** Answers a comm_info_request. */
  info({ content }: Message): object {
    const wanted: unknown = content.target_name;
    if (typeof wanted === "string") this.#known.add(wanted);
    const open = [...this.#channels].filter(([, { comm }]) => typeof wanted !== "string" || comm.target === wanted);
    return {
      status: "ok",
      comms: Object.fromEntries(open.map(([id, { comm }]) => [id, { target_name: comm.target }])),
    };
  }

  /** Takes a channel that a front end opens; closes it if nobody wants it. */
  onOpen(message: Message): void {
    const { comm_id: id, target_name: target, data = {} } = message.content;
    this.#known.add(target);
    const opened = this.#takers.get(target);
    if (opened === undefined) {
      this.#refuse(message);
      return;
    }
    const { comm } = this.#add(id, target);
    this.#guarded(message, () => opened(comm, data, message.buffers));
  }

  /** Hands a message to those who listen to its channel. */
  onMessage(message: Message): void {
    const { comm_id: id, data = {} } = message.content;
    const channel = this.#channels.get(id);
    if (channel === undefined) this.#refuse(message); // of an earlier kernel: the front end learns that it has gone
    for (const listener of channel?.listeners ?? []) {
      this.#guarded(message, () => listener(data, message.buffers));
    }
  }

  onClose(message: Message): void {
    const { comm_id: id } = message.content;
    const channel = this.#channels.get(id);
    this.#channels.delete(id);
    for (const listener of channel?.closed ?? []) this.#guarded(message, listener);
  }

  #add(id: string, target: string): Channel {
    const listeners: Listener[] = [];
    const closed: (() => void)[] = [];
    const isOpen = () => this.#channels.get(id) === channel;
    const comm: Comm = {
      id,
      target,
      send: (data, buffers) => {
        if (isOpen()) this.#send("comm_msg", { comm_id: id, data }, buffers);
      },
      close: (data = {}) => {
        if (!isOpen()) return;
        this.#channels.delete(id);
        this.#send("comm_close", { comm_id: id, data });
      },
      onMessage: (listener) => void listeners.push(listener),
      onClose: (listener) => void closed.push(listener),
    };
    const channel: Channel = { comm, listeners, closed };
    this.#channels.set(id, channel);
    return channel;
  }

  #refuse({ content, header }: Message): void {
    this.output.send("comm_close", { comm_id: content.comm_id, data: {} }, header);
  }

  // The socket sends large buffers later, from where they lie: copied, or a work array that is filled anew would change
  // what is on its way.
  #send(type: string, content: object, buffers: readonly Uint8Array[] = [], metadata?: CommOpenOptions["metadata"]) {
    const copies = buffers.map((bytes) => Uint8Array.from(bytes));
    this.output.send(type, content, undefined, { metadata, buffers: copies });
  }

  // A listener is not the running cell: it has no run, so that stopping that cell leaves it alone.
  #guarded(message: Message, work: () => unknown): void {
    const complain = (error: unknown) => process.stderr.write(`${this.traces.lines(error).join("\n")}\n`);
    this.context.run({ request: message }, () => {
      try {
        void Promise.resolve(work()).catch(complain);
      } catch (error) {
        complain(error);
      }
    });
  }
}
