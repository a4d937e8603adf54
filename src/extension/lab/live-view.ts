import type { WidgetMessage } from "../../views/messages";
import { loadFrontEndModule } from "../load-module";
import { ViewModel } from "../view-model";

/** A view that is drawn by its module, and the two halves' messages. */
export class LiveView {
  readonly node: HTMLElement = document.createElement("div");
  readonly #model: ViewModel;
  #end: (() => void) | undefined;
  #isOver = false;

  /** `transmit` sends to the widget; `report` shows people what went wrong. */
  constructor(
    transmit: (message: WidgetMessage, buffers: readonly Uint8Array[]) => void,
    readonly report: (message: string) => void,
  ) {
    this.#model = new ViewModel(transmit);
  }

  /** Takes a message of the widget; the first one holds the module that draws. */
  receive(message: WidgetMessage, buffers: readonly Uint8Array[]): void {
    if (message.method === "error") this.report(message.message);
    this.#model.receive(message, buffers);
    if (message.method === "open") this.#render(message.esm, message.css).catch((error) => this.report(String(error)));
  }

  dispose(): void {
    this.#isOver = true;
    this.#end?.();
    this.#end = undefined;
    this.#model.off();
  }

  async #render(esm: string, css: string): Promise<void> {
    const module = await loadFrontEndModule(esm);
    if (this.#isOver) return;
    const style = document.createElement("style");
    style.textContent = css;
    const el = document.createElement("div");
    this.node.replaceChildren(style, el);
    const ends = [await module.initialize?.({ model: this.#model }), await module.render({ model: this.#model, el })];
    this.#end = () => {
      for (const end of ends) end?.();
    };
    if (this.#isOver) this.dispose();
  }
}
