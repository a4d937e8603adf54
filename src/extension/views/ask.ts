import type { FrontEndModel } from "../front-end-module";

export { newestOnly } from "./newest-only";

/** The kernel's reply to a question. */
export interface Reply<T> {
  readonly content: T;
  readonly buffers: readonly DataView[];
}

interface Answered {
  readonly answer?: string;
  readonly content?: unknown;
  readonly error?: string;
}

/** Asks the kernel's half of a view; `answerQuestions` there replies. */
export type Ask = <T>(name: string, question: unknown) => Promise<Reply<T>>;

/** Makes the `ask` of a model. */
export function asking(model: FrontEndModel): Ask {
  // A model may serve several views, also of other pages: each hears the answers of all.
  const own = Math.random().toString(36).slice(2);
  const waiting = new Map<string, { resolve: (reply: Reply<never>) => void; reject: (error: Error) => void }>();
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
      const id = `${own} ${++count}`;
      waiting.set(id, { resolve, reject });
      model.send({ ask: name, id, question });
    });
}

/** The numbers of a float32 buffer; copied, because a buffer of a message may start at any byte. */
export function floats(view: DataView): Float32Array {
  return new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) as ArrayBuffer);
}
