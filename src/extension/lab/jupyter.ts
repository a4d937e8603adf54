/** The parts of JupyterLab 4 that the extension uses, by their shape: its own types are 400 MB of packages. */

/** Tells its slots; `connect` and `disconnect` take the same function. */
export interface Signal<Sender, Told> {
  connect(slot: (sender: Sender, told: Told) => void): boolean;
  disconnect(slot: (sender: Sender, told: Told) => void): boolean;
}

/** A message of the kernel; `buffers` are its binary parts. */
export interface KernelMessage {
  readonly content: { readonly data: Readonly<Record<string, unknown>> };
  readonly buffers?: readonly (ArrayBuffer | ArrayBufferView)[];
}

/** A comm, opened by this side. */
export interface LabComm {
  readonly isDisposed: boolean;
  onMsg: (message: KernelMessage) => void | PromiseLike<void>;
  onClose: (message: KernelMessage) => void | PromiseLike<void>;
  open(data?: object, metadata?: object, buffers?: readonly (ArrayBuffer | ArrayBufferView)[]): unknown;
  send(data: object, metadata?: object, buffers?: readonly (ArrayBuffer | ArrayBufferView)[]): unknown;
  close(): unknown;
}

/** A connection to a kernel. */
export interface LabKernel {
  readonly id: string;
  readonly name: string;
  readonly isDisposed: boolean;
  /** What the kernel says of itself, once it has answered. */
  readonly info: Promise<{ readonly implementation: string }>;
  /** Throws on a connection that leaves comms to another one of the page. */
  createComm(target: string, id?: string): LabComm;
}

/** The kernel of a notebook, whichever that is now. */
export interface SessionContext {
  readonly session: { readonly kernel: LabKernel | null } | null;
  readonly kernelChanged: Signal<SessionContext, unknown>;
  readonly statusChanged: Signal<SessionContext, string>;
}

/** MIME types to contents, as an output holds them. */
export interface MimeModel {
  readonly trusted: boolean;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Draws one MIME type. */
export interface Renderer {
  readonly node: HTMLElement;
  renderModel(model: MimeModel): Promise<void>;
}

/** What draws the outputs of a notebook. */
export interface RenderMime {
  addFactory(factory: {
    readonly safe: boolean;
    readonly mimeTypes: readonly string[];
    readonly defaultRank: number;
    createRenderer(): Renderer;
  }): void;
  preferredMimeType(data: Readonly<Record<string, unknown>>, safe: "ensure" | "any"): string | undefined;
  createRenderer(mimeType: string): Renderer;
  createModel(options: Partial<MimeModel>): MimeModel;
}

/** A cell of an open notebook. */
export interface LabCell {
  readonly node: HTMLElement;
  readonly model: {
    readonly id: string;
    readonly type: string;
    readonly executionCount?: number | null;
    readonly sharedModel: { getSource(): string };
  };
}

/** The cells of an open notebook, and what draws their outputs. */
export interface NotebookContent {
  readonly rendermime: RenderMime;
  readonly widgets: readonly LabCell[];
}

/** An open notebook. */
export interface NotebookPanel {
  readonly isDisposed: boolean;
  readonly disposed: Signal<NotebookPanel, unknown>;
  readonly sessionContext: SessionContext;
  readonly content: NotebookContent;
  /** Null until the file is read. */
  readonly model: { readonly contentChanged: Signal<unknown, unknown> } | null;
  readonly context: { readonly ready: Promise<void> };
  readonly toolbar: {
    insertBefore(before: string, name: string, widget: { readonly node: HTMLElement }): boolean;
    addItem(name: string, widget: { readonly node: HTMLElement }): boolean;
  };
}

/** The open notebooks. */
export interface NotebookTracker {
  readonly widgetAdded: Signal<NotebookTracker, NotebookPanel>;
  forEach(work: (panel: NotebookPanel) => void): void;
}
