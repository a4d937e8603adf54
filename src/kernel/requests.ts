import { toCodePoints, toUtf16 } from "./code-points";
import type { KernelComms } from "./comms";
import type { CellCompiler } from "./compiler";
import type { ExecutionQueue } from "./execution-queue";
import { askedName } from "./help-page";
import { isComplete } from "./is-complete";
import type { Sockets } from "./sockets";
import type { Traces } from "./traces";
import { typescript, typescriptVersion } from "./typescript";
import type { Message } from "./wire";

/** What the answers are made from. */
export interface RequestParts {
  readonly compiler: () => CellCompiler;
  readonly queue: ExecutionQueue;
  readonly sockets: Sockets;
  readonly comms: KernelComms;
  readonly version: string;
}

/** What a handler returns is the content of the reply; comm messages have none. */
type Handler = (message: Message) => object | undefined;

/** The requests that a kernel answers at once, also while a cell runs. */
export class Requests {
  readonly #handlers: Readonly<Record<string, Handler>>;

  constructor(readonly parts: RequestParts) {
    this.#handlers = {
      kernel_info_request: () => this.#kernelInfo(),
      complete_request: (message) => this.#complete(message),
      inspect_request: (message) => this.#inspect(message),
      is_complete_request: ({ content }) =>
        askedName(String(content.code)) === undefined
          ? isComplete(typescript(), String(content.code))
          : { status: "complete" },
      history_request: ({ content }) => ({ status: "ok", history: parts.queue.history.query(content) }),
      comm_info_request: (message) => parts.comms.info(message),
      connect_request: () => this.#connect(),
      interrupt_request: () => {
        parts.sockets.stop();
        return { status: "ok" };
      },
      shutdown_request: ({ content }) => ({ status: "ok", restart: Boolean(content.restart) }),
      comm_open: (message) => void parts.comms.onOpen(message),
      comm_msg: (message) => void parts.comms.onMessage(message),
      comm_close: (message) => void parts.comms.onClose(message),
    };
  }

  /** The content of the reply; undefined where the protocol has none. */
  answer(message: Message, traces: Traces): object | undefined {
    try {
      return this.#handlers[message.header.msg_type]?.(message);
    } catch (error) {
      return { status: "error", ...traces.report(error) };
    }
  }

  #kernelInfo(): object {
    const version = typescriptVersion();
    return {
      status: "ok",
      protocol_version: "5.3",
      implementation: "specbook",
      implementation_version: this.parts.version,
      banner: `specbook ${this.parts.version}: TypeScript ${version} on Node ${process.versions.node}`,
      debugger: false,
      help_links: [],
      language_info: {
        name: "typescript",
        version,
        mimetype: "text/typescript",
        file_extension: ".ts",
        codemirror_mode: { mode: "typescript", name: "javascript", typescript: true },
        pygments_lexer: "typescript",
        nbconvert_exporter: "script",
      },
    };
  }

  #complete({ content }: Message): object {
    const code = String(content.code);
    const { start, end, candidates } = this.parts.compiler().complete(code, toUtf16(code, content.cursor_pos));
    return {
      status: "ok",
      matches: candidates,
      cursor_start: toCodePoints(code, start),
      cursor_end: toCodePoints(code, end),
      metadata: {},
    };
  }

  #inspect({ content }: Message): object {
    const code = String(content.code);
    const text = this.parts.compiler().inspect(code, toUtf16(code, content.cursor_pos));
    const data = text === undefined ? {} : { "text/plain": text };
    return { status: "ok", found: text !== undefined, data, metadata: {} };
  }

  #connect(): object {
    const { shell_port, iopub_port, stdin_port, hb_port, control_port } = this.parts.sockets.connection;
    return { status: "ok", shell_port, iopub_port, stdin_port, hb_port, control_port };
  }
}
