/** The state and the messages of a widget, as its front-end module sees them: the model of anywidget. */
export interface FrontEndModel {
  get(name: string): unknown;
  /** Sets a value here; `save_changes` sends it. */
  set(name: string, value: unknown): void;
  save_changes(): void;
  /** Events: `change:<name>` and `change` of the state, `msg:custom` with (content, buffers) for messages. */
  on(event: string, listener: FrontEndListener): void;
  off(event?: string, listener?: FrontEndListener): void;
  send(content: unknown, callbacks?: unknown, buffers?: readonly (ArrayBuffer | ArrayBufferView)[]): void;
}

/** Called with what the event tells. */
export type FrontEndListener = (...told: never[]) => void;

/** What `render` is given. */
export interface RenderContext {
  readonly model: FrontEndModel;
  readonly el: HTMLElement;
}

// biome-ignore lint/suspicious/noConfusingVoidType: a module may return nothing
type End = void | (() => void);

/** The default export of a view's module: anywidget's front-end module. What its methods return is called at the end. */
export interface FrontEndModule {
  initialize?(context: Pick<RenderContext, "model">): End | Promise<End>;
  render(context: RenderContext): End | Promise<End>;
}
