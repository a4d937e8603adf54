// Bytes of a file, by the build.
declare module "*.ttf" {
  const bytes: Uint8Array<ArrayBuffer>;
  // biome-ignore lint/style/noDefaultExport: what esbuild's binary loader gives
  export default bytes;
}

// What the extension takes from JupyterLab's own modules at run time; see container.mjs.
declare module "@jupyterlab/notebook" {
  /** The token by which a plugin asks for the open notebooks. */
  export const INotebookTracker: object;

  /** What the buttons and menus of a notebook do. */
  export const NotebookActions: {
    /** Tells of each cell that has run, in any notebook. */
    readonly executed: import("./jupyter").Signal<unknown, { readonly notebook: unknown }>;
    /** Runs cells in the order given; resolves to false when one failed. */
    runCells(
      notebook: import("./jupyter").NotebookContent,
      cells: readonly import("./jupyter").LabCell[],
      sessionContext: import("./jupyter").SessionContext,
    ): Promise<boolean>;
  };
}

declare module "@lumino/widgets" {
  /** JupyterLab's layout element. */
  export class Widget {
    constructor(options?: { readonly node?: HTMLElement });
    readonly node: HTMLElement;
    readonly isDisposed: boolean;
    addClass(name: string): void;
    dispose(): void;
  }

  /** A widget that holds others. */
  export class Panel extends Widget {
    readonly widgets: readonly Widget[];
    addWidget(widget: { readonly node: HTMLElement }): void;
  }
}
