/** What a comm message carries beside its binary buffers. */
export type CommData = Readonly<Record<string, unknown>>;

/** One open channel between the kernel and a front end: Jupyter's comm. */
export interface Comm {
  readonly id: string;
  /** The name under which the other side knows what to do with it. */
  readonly target: string;
  /** Sends a message; the buffers travel as they are, not as text. After `close` it does nothing. */
  send(data: CommData, buffers?: readonly Uint8Array[]): void;
  close(data?: CommData): void;
  /** Called for each message of the front end, in order, also while a cell awaits. */
  onMessage(listener: (data: CommData, buffers: readonly Uint8Array[]) => void): void;
  /** Called once when the front end closes the channel. */
  onClose(listener: () => void): void;
}

/** What `Comms.open` may send with the opening message. */
export interface CommOpenOptions {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly buffers?: readonly Uint8Array[];
}

/** The comm channels of a kernel. */
export interface Comms {
  /** Opens a channel towards the front ends. */
  open(target: string, data: CommData, options?: CommOpenOptions): Comm;
  /** Takes the channels that front ends open under a name; one taker for each name, the last one counts. */
  accept(target: string, opened: (comm: Comm, data: CommData, buffers: readonly Uint8Array[]) => void): void;
  /** True once a front end has opened channels of this name, or asked for them: it knows what they are. */
  knows(target: string): boolean;
}

/** The name of the channel by which our own JupyterLab extension says to a kernel that it is there. */
export const FRONT_END_TARGET = "specbook.front-end";
