import { randomUUID } from "node:crypto";
import { currentHost, type MimeBundle } from "../core/host";
import { packState, unpackState, type WidgetMessage, type WidgetState } from "./messages";
import { widgetBundle } from "./own-front-end";

const DISPLAY: unique symbol = Symbol.for("Jupyter.display");

// What a listener prints is shown in the cell that made it listen.
const bound = <T extends unknown[], Back>(listener: (...told: T) => Back) =>
  currentHost()?.bind?.(listener) ?? listener;

/** What a widget is made of. */
export interface WidgetOptions {
  /** Text of an ES module with `export default { render({ model, el }) }`: the front-end module of anywidget. */
  readonly esm: string;
  /** Style sheet of the view; default none. */
  readonly css?: string;
  /** First state; arrays of numbers arrive in the front end as a DataView. */
  readonly state?: WidgetState;
  /** What is shown where nothing is interactive (a saved notebook, HTML, PDF): a figure or a result, or a promise of it. */
  readonly picture?: () => unknown;
}

/** Sends to one front end. */
export type SendToFrontEnd = (message: WidgetMessage, buffers: readonly Uint8Array[]) => void;

/** One front end that shows a widget. */
export interface AttachedFrontEnd {
  /** Hands over what the front end has sent. */
  receive(message: WidgetMessage, buffers: readonly Uint8Array[]): void;
  detach(): void;
}

/** Called with the names of the state that changed and their new values. */
export type ChangeListener = (changes: WidgetState) => void;

/** Called with a message of a front end; `reply` answers that front end alone. */
export type MessageListener = (
  content: unknown,
  buffers: readonly Uint8Array[],
  reply: (content: unknown, buffers?: readonly Uint8Array[]) => void,
) => void | Promise<void>;

/**
 * The kernel's half of an interactive view: a state that both halves share, and messages between them. It knows no
 * transport: a front end is attached with a function that sends to it, by our own JupyterLab extension, by anywidget, or by
 * a test.
 */
export class Widget {
  readonly kind = "widget";
  readonly id: string = randomUUID();
  readonly esm: string;
  readonly css: string;
  readonly picture: (() => unknown) | undefined;
  readonly #state: Record<string, unknown>;
  readonly #frontEnds = new Set<SendToFrontEnd>();
  readonly #changed = new Set<ChangeListener>();
  readonly #told = new Set<MessageListener>();

  constructor({ esm, css = "", state = {}, picture }: WidgetOptions) {
    this.esm = esm;
    this.css = css;
    this.picture = picture;
    this.#state = { ...state };
  }

  /** The present value of a name; undefined where there is none. */
  get(name: string): unknown {
    return this.#state[name];
  }

  /** All present values. */
  get state(): WidgetState {
    return { ...this.#state };
  }

  /** Gives names new values, in every front end as well. */
  set(changes: WidgetState): void {
    this.#take(changes);
  }

  /** Sends a message to every front end. */
  send(content: unknown, buffers: readonly Uint8Array[] = []): void {
    for (const send of this.#frontEnds) send({ method: "custom", content }, buffers);
  }

  /** Calls a listener after each change that a front end makes; returns what ends that. */
  onChange(listener: ChangeListener): () => void {
    const own = bound(listener);
    this.#changed.add(own);
    return () => this.#changed.delete(own);
  }

  /** Calls a listener for each message of a front end; returns what ends that. What it throws is shown there. */
  onMessage(listener: MessageListener): () => void {
    const own = bound(listener);
    this.#told.add(own);
    return () => this.#told.delete(own);
  }

  /** What a notebook shows of the widget: the interactive view where that is possible, and its picture elsewhere. */
  [DISPLAY](): Promise<MimeBundle> {
    return widgetBundle(this);
  }

  /** Connects a front end: it is sent the module and the state at once. */
  attach(send: SendToFrontEnd): AttachedFrontEnd {
    this.#frontEnds.add(send);
    const { state, buffer_paths, buffers } = packState(this.#state);
    send({ method: "open", esm: this.esm, css: this.css, state, buffer_paths }, buffers);
    return {
      receive: (message, received) => this.#receive(send, message, received),
      detach: () => {
        this.#frontEnds.delete(send);
      },
    };
  }

  #receive(from: SendToFrontEnd, message: WidgetMessage, buffers: readonly Uint8Array[]): void {
    if (message.method === "update") {
      const changes = unpackState({ ...message, buffers });
      this.#take(changes, from);
      for (const listener of this.#changed) this.#guarded(from, () => listener(changes));
    } else if (message.method === "custom") {
      const reply = (content: unknown, back: readonly Uint8Array[] = []) => from({ method: "custom", content }, back);
      for (const listener of this.#told) this.#guarded(from, () => listener(message.content, buffers, reply));
    }
  }

  // The front end that made a change has it already.
  #take(changes: WidgetState, from?: SendToFrontEnd): void {
    Object.assign(this.#state, changes);
    const { state, buffer_paths, buffers } = packState(changes);
    for (const send of this.#frontEnds) if (send !== from) send({ method: "update", state, buffer_paths }, buffers);
  }

  #guarded(to: SendToFrontEnd, work: () => void | Promise<void>): void {
    const complain = (error: unknown) =>
      to({ method: "error", message: error instanceof Error ? error.message : String(error) }, []);
    try {
      void Promise.resolve(work()).catch(complain);
    } catch (error) {
      complain(error);
    }
  }
}
