import type { WidgetMessage } from "../../views/messages";
import type { KernelMessage, LabComm, NotebookPanel } from "./jupyter";
import { ownKernel } from "./own-kernel";

/** The name of the channel by which a widget is reached; the kernel's side is src/views/own-front-end.ts. */
const VIEW_TARGET = "specbook.view";

/** What a channel tells its view. */
export interface ChannelEvents {
  onMessage(message: WidgetMessage, buffers: readonly Uint8Array[]): void;
  /** There is no such widget in the kernel, or it has gone, or there is no kernel of ours. */
  onGone(): void;
}

/** A channel to one widget in the kernel. */
export class ViewChannel {
  #comm: LabComm | undefined;
  #isOver = false;

  constructor(
    readonly panel: NotebookPanel,
    readonly id: string,
    readonly events: ChannelEvents,
  ) {
    window.addEventListener("pagehide", this.close);
    this.#open().catch(() => this.#end());
  }

  send(message: WidgetMessage, buffers: readonly Uint8Array[]): void {
    if (this.#comm?.isDisposed === false) this.#comm.send(message, {}, buffers);
  }

  /** Lets the widget go; nothing is told any more. */
  readonly close = (): void => {
    this.#isOver = true;
    window.removeEventListener("pagehide", this.close);
    const comm = this.#comm;
    this.#comm = undefined;
    try {
      if (comm?.isDisposed === false) comm.close();
    } catch {
      // the kernel has gone before
    }
  };

  async #open(): Promise<void> {
    const kernel = await ownKernel(this.panel);
    if (this.#isOver) return;
    if (kernel === undefined) {
      this.#end();
      return;
    }
    const comm = kernel.createComm(VIEW_TARGET);
    this.#comm = comm;
    comm.onMsg = (message) => {
      if (!this.#isOver) this.events.onMessage(message.content.data as unknown as WidgetMessage, bytesOf(message)); // our kernel's
    };
    comm.onClose = () => this.#end();
    comm.open({ id: this.id });
  }

  #end(): void {
    if (this.#isOver) return;
    this.close();
    this.events.onGone();
  }
}

function bytesOf({ buffers = [] }: KernelMessage): Uint8Array[] {
  return buffers.map((one) =>
    ArrayBuffer.isView(one) ? new Uint8Array(one.buffer, one.byteOffset, one.byteLength) : new Uint8Array(one),
  );
}
