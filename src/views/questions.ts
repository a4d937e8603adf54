import type { Widget } from "./widget";

/** The reply to a question of a view: JSON, and arrays of numbers as binary buffers. */
export interface Answer {
  readonly content?: unknown;
  readonly buffers?: readonly ArrayBufferView[];
}

/** What a view may ask, by name. An error that is thrown rejects the question in the front end. */
export type Questions = Readonly<Record<string, (question: never) => Answer | Promise<Answer>>>;

/** A question as it travels: `ask(model, name, question)` of the front end makes it. */
interface Asked {
  readonly ask: string;
  readonly id: string;
  readonly question: unknown;
}

function isAsked(content: unknown): content is Asked {
  return typeof content === "object" && content !== null && "ask" in content && "id" in content;
}

/** Answers the questions of a widget's front ends; each answer goes to the one that asked. */
export function answerQuestions(widget: Widget, questions: Questions): void {
  widget.onMessage(async (content, _, reply) => {
    if (!isAsked(content) || !Object.hasOwn(questions, content.ask)) return;
    try {
      const { content: answer, buffers = [] } = await questions[content.ask](content.question as never); // checked there
      const bytes = buffers.map((view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
      reply({ answer: content.id, content: answer }, bytes);
    } catch (error) {
      reply({ answer: content.id, error: error instanceof Error ? error.message : String(error) });
    }
  });
}
