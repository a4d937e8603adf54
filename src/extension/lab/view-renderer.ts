import { Panel, Widget } from "@lumino/widgets";
import type { WidgetMessage } from "../../views/messages";
import type { MimeModel, NotebookPanel, Renderer } from "./jupyter";
import { LiveView } from "./live-view";
import { followKernel } from "./own-kernel";
import { ViewChannel } from "./view-channel";

/** The MIME type of a widget; the kernel's side is src/views/own-front-end.ts. */
export const VIEW_TYPE = "application/vnd.specbook.view+json";

// A kernel that is busy, or a page that is still loading: the picture is better than nothing meanwhile.
const PATIENCE = 400;

/** Draws one output: the live view while the kernel has the widget, and the picture of the same bundle otherwise. */
export class ViewRenderer extends Panel implements Renderer {
  #model: MimeModel | undefined;
  #id = "";
  #channel: ViewChannel | undefined;
  #live: LiveView | undefined;
  #timer: number | undefined;
  readonly #unfollow: () => void;

  constructor(readonly panel: NotebookPanel) {
    super();
    this.addClass("specbook-view");
    this.node.dataset.lmSuppressShortcuts = "true"; // keys that a view uses do not move the selected cell
    const lost = () => this.#showPicture();
    this.#unfollow = followKernel(panel, lost, () => this.#connect());
  }

  async renderModel(model: MimeModel): Promise<void> {
    this.#model = model;
    const { id } = (model.data[VIEW_TYPE] ?? {}) as { id?: unknown };
    if (this.#live !== undefined && this.#id === id) return; // only the picture of a living view has changed
    this.#id = String(id);
    this.#connect();
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#unfollow();
    this.#disconnect();
    super.dispose();
  }

  #connect(): void {
    this.#disconnect();
    this.#timer = window.setTimeout(() => {
      if (this.widgets.length === 0) this.#drawPicture();
    }, PATIENCE);
    this.#channel = new ViewChannel(this.panel, this.#id, {
      onMessage: (message, buffers) => this.#receive(message, buffers),
      onGone: () => this.#showPicture(),
    });
  }

  #disconnect(): void {
    clearTimeout(this.#timer);
    this.#channel?.close();
    this.#live?.dispose();
    this.#channel = undefined;
    this.#live = undefined;
  }

  #receive(message: WidgetMessage, buffers: readonly Uint8Array[]): void {
    if (message.method === "open") {
      clearTimeout(this.#timer);
      this.#live?.dispose();
      const channel = this.#channel;
      this.#live = new LiveView(
        (answer, back) => channel?.send(answer, back),
        (problem) => this.#showProblem(problem),
      );
      this.#show(new Widget({ node: this.#live.node }));
    }
    this.#live?.receive(message, buffers);
  }

  #showPicture(): void {
    this.#disconnect();
    this.#drawPicture();
  }

  #drawPicture(): void {
    if (this.#model === undefined || this.isDisposed) return;
    const { rendermime } = this.panel.content;
    const { [VIEW_TYPE]: _, ...data } = this.#model.data;
    const { metadata, trusted } = this.#model;
    const type = rendermime.preferredMimeType(data, trusted ? "any" : "ensure");
    if (type === undefined) return;
    const picture = rendermime.createRenderer(type);
    this.#show(picture);
    picture.renderModel(rendermime.createModel({ data, metadata, trusted })).catch((error) => {
      this.#showProblem(String(error));
    });
  }

  #show(content: { readonly node: HTMLElement }): void {
    for (const old of [...this.widgets]) old.dispose();
    for (const problem of this.node.querySelectorAll(":scope > .specbook-problem")) problem.remove();
    this.addWidget(content);
  }

  #showProblem(message: string): void {
    const shown = [...this.node.querySelectorAll(":scope > .specbook-problem > span")];
    if (this.isDisposed || shown.some(({ textContent }) => textContent === message)) return;
    const bar = document.createElement("div");
    bar.className = "specbook-problem";
    bar.setAttribute("role", "alert");
    const text = document.createElement("span");
    text.textContent = message;
    const close = document.createElement("button");
    close.textContent = "\u00d7";
    close.title = "hide";
    close.onclick = () => bar.remove();
    bar.append(text, close);
    this.node.append(bar);
  }
}
