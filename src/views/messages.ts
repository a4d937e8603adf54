/** State of a widget: JSON values, and arrays of numbers, which travel as binary and arrive as a DataView. */
export type WidgetState = Readonly<Record<string, unknown>>;

/**
 * What widget and front end say to each other; the binary parts travel beside it. `update` and `custom` are those of the
 * Jupyter widget protocol, so that one widget serves our own extension and anywidget alike.
 */
export type WidgetMessage =
  /** From the widget: everything a front end needs to begin. */
  | {
      readonly method: "open";
      readonly esm: string;
      readonly css: string;
      readonly state: WidgetState;
      readonly buffer_paths: string[][];
    }
  /** From both: some names of the state have new values; those named in `buffer_paths` are the buffers, in order. */
  | { readonly method: "update"; readonly state: WidgetState; readonly buffer_paths: string[][] }
  /** From both: anything else. */
  | { readonly method: "custom"; readonly content: unknown }
  /** From the widget: what went wrong while it handled a message, for people to read. */
  | { readonly method: "error"; readonly message: string };

/** A state cut into its JSON part and its binary parts. */
export interface PackedState {
  readonly state: WidgetState;
  readonly buffer_paths: string[][];
  readonly buffers: readonly Uint8Array[];
}

/** Takes the arrays of numbers out of a state. */
export function packState(state: WidgetState): PackedState {
  const plain: Record<string, unknown> = {};
  const paths: string[][] = [];
  const buffers: Uint8Array[] = [];
  for (const [name, value] of Object.entries(state)) {
    if (!ArrayBuffer.isView(value)) plain[name] = value;
    else {
      paths.push([name]);
      buffers.push(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    }
  }
  return { state: plain, buffer_paths: paths, buffers };
}

/** Puts the binary parts back into a state, each as a DataView. */
export function unpackState({ state, buffer_paths, buffers }: PackedState): Record<string, unknown> {
  const whole: Record<string, unknown> = { ...state };
  buffer_paths.forEach(([name], index) => {
    const bytes = buffers[index];
    if (name !== undefined && bytes !== undefined) {
      whole[name] = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
  });
  return whole;
}
