import type { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import type { DisplayHandle, MimeBundle } from "../core/host";
import type { CellContext } from "./cell-context";
import { keepLatest } from "./keep-latest";
import { pictureSizes } from "./picture-sizes";
import { encodeBytes } from "./result-bundle";
import type { Sockets } from "./sockets";
import { Streams } from "./streams";
import type { Draft, Header, Message } from "./wire";

// Ids of displays that are remembered; a handle of an older one, as a last expression, is printed as any object.
const MOST_SHOWN = 1000;

/** Everything a cell shows. Output of a promise chain belongs to the cell that started it, also when that has ended. */
export class Output {
  readonly #streams: Streams;
  readonly #shown = new Set<string>();
  #latest: Message | undefined;

  constructor(
    readonly sockets: Sockets,
    readonly context: AsyncLocalStorage<CellContext>,
  ) {
    this.#streams = new Streams(({ name, text, context: { request } }) =>
      sockets.publish("stream", { name, text }, request?.header ?? this.#latest?.header ?? {}),
    );
  }

  /** Takes over stdout and stderr of the process. */
  capture(): void {
    this.#streams.capture(() => this.#current());
  }

  /** The request whose cell runs now: output that belongs to no cell goes there. */
  follow(request: Message): void {
    this.#latest = request;
  }

  /** Publishes what is held back. */
  flush(): void {
    this.#streams.flush();
  }

  /** Publishes a message of the calling cell, behind everything printed before. */
  send(
    type: string,
    content: unknown,
    parent: Partial<Header> = this.#current().request?.header ?? {},
    { metadata, buffers }: Pick<Draft, "metadata" | "buffers"> = {},
  ): void {
    this.flush();
    this.sockets.publish(type, content, parent, metadata, buffers);
  }

  status(state: "starting" | "busy" | "idle", parent: Partial<Header> = {}): void {
    this.send("status", { execution_state: state }, parent);
  }

  /** Shows a bundle now. */
  display(bundle: MimeBundle): DisplayHandle {
    const id = randomUUID();
    const transient = { display_id: id };
    const show = (type: string, bundle: MimeBundle) => {
      const data = encodeBytes(bundle);
      this.send(type, { data, metadata: pictureSizes(data), transient });
    };
    show("display_data", bundle);
    keepLatest(this.#shown.add(id), MOST_SHOWN);
    return { id, update: (data) => show("update_display_data", data) };
  }

  /** True for the handle of something shown: as a cell's last expression it is not worth a line. */
  isHandle(value: unknown): boolean {
    const { id, update } = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
    return typeof id === "string" && typeof update === "function" && this.#shown.has(id);
  }

  clear(wait: boolean): void {
    this.send("clear_output", { wait });
  }

  /** What tslab's own display functions call. */
  readonly tslab = (data: unknown, update: boolean): void => {
    this.send(update ? "update_display_data" : "display_data", data);
  };

  #current(): CellContext {
    const context = this.context.getStore();
    return context?.request ? context : { request: this.#latest };
  }
}
