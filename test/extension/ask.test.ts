import { expect, test } from "vitest";
import { loadView } from "../support/page";

test("two views of one widget do not take each other's answers", async () => {
  const { asking } = await loadView("ask.ts");
  const listeners: ((content: object, buffers: readonly DataView[]) => void)[] = [];
  const sent: { readonly ask: string; readonly id: unknown }[] = [];
  const model = {
    on: (_: string, listener: (typeof listeners)[number]) => listeners.push(listener),
    send: (content: (typeof sent)[number]) => sent.push(content),
  };
  type Ask = (name: string, question: unknown) => Promise<{ content: unknown }>;
  const asks = [asking(model as never) as Ask, asking(model as never) as Ask];
  const answers = [asks[0]("map", null), asks[1]("spectrum", null)];
  for (const { ask, id } of sent) for (const listen of listeners) listen({ answer: id, content: ask }, []);
  expect((await Promise.all(answers)).map(({ content }) => content)).toEqual(["map", "spectrum"]);
});
