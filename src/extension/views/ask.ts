import type { FrontEndModel } from "../front-end-module";

/** The kernel's reply to a question. */
export interface Reply<T> {
  readonly content: T;
  readonly buffers: readonly DataView[];
}

interface Answered {
  readonly answer?: number;
  readonly content?: unknown;
  readonly error?: string;
}

/** Asks the kernel's half of a view; `answerQuestions` there replies. */
export type Ask = <T>(name: string, question: unknown) => Promise<Reply<T>>;

/** Makes the `ask` of a model. */
export function asking(model: FrontEndModel): Ask {
  const waiting = new Map<number, { resolve: (reply: Reply<never>) => void; reject: (error: Error) => void }>();
  let count = 0;
  model.on("msg:custom", ({ answer, content, error }: Answered, buffers: readonly DataView[]) => {
    const asked = answer === undefined ? undefined : waiting.get(answer);
    if (answer === undefined || asked === undefined) return;
    waiting.delete(answer);
    if (error !== undefined) asked.reject(new Error(error));
    else asked.resolve({ content: content as never, buffers }); // the question knows the type of its answer
  });
  return (name, question) =>
    new Promise((resolve, reject) => {
      const id = ++count;
      waiting.set(id, { resolve, reject });
      model.send({ ask: name, id, question });
    });
}

/**
 * Runs `work` for the newest value only: while it runs, later values replace each other, and the last one is worked on
 * after it. A mouse that moves faster than the kernel answers asks no more than the kernel can answer.
 */
export function newestOnly<T>(work: (value: T) => Promise<void>): (value: T) => void {
  let next: { value: T } | undefined;
  let isRunning = false;
  const run = async () => {
    isRunning = true;
    while (next !== undefined) {
      const { value } = next;
      next = undefined;
      await work(value);
    }
    isRunning = false;
  };
  return (value) => {
    next = { value };
    if (!isRunning) void run();
  };
}

/** The numbers of a float32 buffer; copied, because a buffer of a message may start at any byte. */
export function floats(view: DataView): Float32Array {
  return new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) as ArrayBuffer);
}
