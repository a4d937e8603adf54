import { randomUUID } from "node:crypto";
import { type Channel, type Content, type Message, request, type Transport } from "./messages";

/** How a cell ended. */
export interface Execution {
  readonly status: "ok" | "error" | "aborted";
  /** The number in the cell's prompt; undefined where the kernel gave none. */
  readonly executionCount?: number;
}

/** A conversation with one kernel, over any transport. */
export interface KernelSession {
  /**
   * The kernel's answer to `kernel_info_request`: implementation, version, language.
   *
   * @param onOutput called with the iopub messages of the request; the answer then waits for the last of them
   */
  info(onOutput?: (message: Message) => void): Promise<Content>;
  /**
   * Runs one cell to its end.
   *
   * @param onOutput called with each message of the iopub channel that belongs to the cell
   */
  execute(code: string, onOutput: (message: Message) => void): Promise<Execution>;
  /** Sends any request and returns the reply's content. */
  ask(channel: Channel, type: string, content: Content): Promise<Content>;
  close(): Promise<void>;
}

interface Pending {
  onOutput?: (message: Message) => void;
  reply?: Content;
  needsIdle: boolean;
  idle: boolean;
  resolve(content: Content): void;
  reject(reason: Error): void;
}

/** Opens the conversation; requests fail with the transport's reason when the kernel goes away. */
export function openSession(transport: Transport): KernelSession {
  const session = randomUUID();
  const pending = new Map<string, Pending>();
  let ended: Error | undefined;

  transport.onEnd = (reason) => {
    ended = reason;
    for (const waiting of pending.values()) waiting.reject(reason);
    pending.clear();
  };

  transport.onMessage = (message) => {
    const id = message.parent.msg_id ?? "";
    const waiting = pending.get(id);
    if (waiting === undefined) return;
    if (message.channel === "iopub") {
      waiting.onOutput?.(message);
      if (message.header.msg_type === "status" && message.content.execution_state === "idle") waiting.idle = true;
    } else {
      waiting.reply = message.content;
    }
    // A cell has ended when it is answered AND idle: the last outputs may arrive after the reply, on another socket.
    if (waiting.reply !== undefined && (waiting.idle || !waiting.needsIdle)) {
      pending.delete(id);
      waiting.resolve(waiting.reply);
    }
  };

  const begin = (
    channel: Channel,
    type: string,
    content: Content,
    onOutput?: (message: Message) => void,
  ): Promise<Content> =>
    new Promise((resolve, reject) => {
      if (ended !== undefined) return reject(ended);
      const message = request(channel, type, content, session);
      pending.set(message.header.msg_id, { onOutput, needsIdle: onOutput !== undefined, idle: false, resolve, reject });
      transport.send(message);
    });

  return {
    info: (onOutput) => begin("shell", "kernel_info_request", {}, onOutput),
    ask: (channel, type, content) => begin(channel, type, content),
    async execute(code, onOutput) {
      const content = {
        code,
        silent: false,
        store_history: true,
        user_expressions: {},
        allow_stdin: false,
        stop_on_error: true,
      };
      const reply = await begin("shell", "execute_request", content, onOutput);
      const count = reply.execution_count;
      return {
        status: reply.status === "ok" || reply.status === "aborted" ? reply.status : "error",
        executionCount: typeof count === "number" ? count : undefined,
      };
    },
    close: () => transport.close(),
  };
}
