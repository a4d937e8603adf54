import { packState, unpackState, type WidgetMessage } from "../views/messages";
import type { FrontEndListener, FrontEndModel } from "./front-end-module";

/** The front end's half of a widget; it knows no transport. */
export class ViewModel implements FrontEndModel {
  readonly #state: Record<string, unknown> = {};
  readonly #unsaved = new Set<string>();
  readonly #listeners = new Map<string, Set<FrontEndListener>>();

  constructor(readonly transmit: (message: WidgetMessage, buffers: readonly Uint8Array[]) => void) {}

  get(name: string): unknown {
    return this.#state[name];
  }

  set(name: string, value: unknown): void {
    this.#state[name] = value;
    this.#unsaved.add(name);
    this.#tell([name]);
  }

  save_changes(): void {
    if (this.#unsaved.size === 0) return;
    const { state, buffer_paths, buffers } = packState(
      Object.fromEntries([...this.#unsaved].map((name) => [name, this.#state[name]])),
    );
    this.#unsaved.clear();
    this.transmit({ method: "update", state, buffer_paths }, buffers);
  }

  on(event: string, listener: FrontEndListener): void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
  }

  off(event?: string, listener?: FrontEndListener): void {
    if (event === undefined) this.#listeners.clear();
    else if (listener === undefined) this.#listeners.delete(event);
    else this.#listeners.get(event)?.delete(listener);
  }

  send(content: unknown, _callbacks?: unknown, buffers: readonly (ArrayBuffer | ArrayBufferView)[] = []): void {
    const bytes = buffers.map((one) =>
      ArrayBuffer.isView(one) ? new Uint8Array(one.buffer, one.byteOffset, one.byteLength) : new Uint8Array(one),
    );
    this.transmit({ method: "custom", content }, bytes);
  }

  /** Takes a message of the widget. */
  receive(message: WidgetMessage, buffers: readonly Uint8Array[]): void {
    if (message.method === "custom") {
      const views = buffers.map((one) => new DataView(one.buffer, one.byteOffset, one.byteLength));
      this.#emit("msg:custom", message.content, views);
    } else if (message.method === "open" || message.method === "update") {
      const changes = unpackState({ ...message, buffers });
      Object.assign(this.#state, changes);
      this.#tell(Object.keys(changes));
    }
  }

  #tell(names: readonly string[]): void {
    for (const name of names) this.#emit(`change:${name}`, this, this.#state[name]);
    this.#emit("change", this);
  }

  #emit(event: string, ...told: unknown[]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) listener(...(told as never[])); // what `on` promises
  }
}
