import { StringDecoder } from "node:string_decoder";
import type { CellContext } from "./cell-context";

/** Joined output of one stream. */
export interface StreamChunk {
  readonly name: "stdout" | "stderr";
  readonly text: string;
  readonly context: CellContext;
}

const DELAY = 20;
const LONGEST_DELAY = 100;
const LARGEST = 65536;

/**
 * Joins what a cell prints into few messages: for 20 ms, in synchronous code for 100 ms at most. Jupyter's server drops
 * output above a thousand messages a second, so one message a line would lose lines.
 */
export class Streams {
  #name: StreamChunk["name"] = "stdout";
  #context: CellContext = {};
  #text = "";
  #since = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(readonly publish: (chunk: StreamChunk) => void) {}

  /** Adds text to a stream of a cell. */
  write(name: StreamChunk["name"], text: string, context: CellContext): void {
    if (this.#text !== "" && (this.#name !== name || this.#context.request !== context.request)) this.flush();
    if (this.#text === "") {
      this.#name = name;
      this.#context = context;
      this.#since = Date.now();
      this.#timer = setTimeout(() => this.flush(), DELAY);
    }
    this.#text += text;
    if (this.#text.length > LARGEST || Date.now() - this.#since > LONGEST_DELAY) this.flush();
  }

  /** Publishes what is held back. Every other message calls this first, so that the order is kept. */
  flush(): void {
    clearTimeout(this.#timer);
    const text = this.#text;
    this.#text = "";
    if (text !== "") this.publish({ name: this.#name, text, context: this.#context });
  }

  /** Sends everything the process prints into `write`. */
  capture(context: () => CellContext): void {
    for (const name of ["stdout", "stderr"] as const) {
      const decoder = new StringDecoder("utf8"); // a piped process may cut a character in two
      const write = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
        this.write(name, typeof chunk === "string" ? chunk : decoder.write(Buffer.from(chunk)), context());
        const done = typeof encoding === "function" ? encoding : callback;
        if (typeof done === "function") process.nextTick(done);
        return true;
      };
      process[name].write = write;
    }
  }
}
