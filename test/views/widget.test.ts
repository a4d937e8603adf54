import { describe, expect, test } from "vitest";
import { answerQuestions } from "../../src/views/questions";
import { Widget } from "../../src/views/widget";
import { browserPath } from "../support/lab-browser";
import { openView } from "../support/view-page";

/** A button that counts in the shared state, and a question that sends numbers back. */
const COUNTER = `
export default {
  render({ model, el }) {
    const button = document.createElement("button");
    const show = () => { button.textContent = "count " + model.get("count"); };
    model.on("change:count", show);
    model.on("msg:custom", (content, buffers) => {
      const view = buffers[0];
      el.dataset.answer = content.content.name + " " + view.getFloat32(4, true);
    });
    button.onclick = () => {
      model.set("count", model.get("count") + 1);
      model.save_changes();
      model.send({ ask: "twice", id: 7, question: 21 });
    };
    show();
    el.append(button);
  },
};`;

describe("a widget", () => {
  test("hands its state to each front end, and changes to the others", () => {
    const widget = new Widget({ esm: "", state: { a: 1, map: new Float32Array([1, 2]) } });
    const seen: string[][] = [[], []];
    const [first] = seen.map((list) =>
      widget.attach((message, buffers) => list.push(`${message.method} ${buffers.map((b) => b.length)}`)),
    );
    const changes: unknown[] = [];
    widget.onChange((change) => void changes.push(change));
    first.receive({ method: "update", state: { a: 2 }, buffer_paths: [] }, []);
    expect(widget.get("a")).toBe(2);
    expect(changes).toEqual([{ a: 2 }]);
    expect(seen).toEqual([["open 8"], ["open 8", "update "]]);
  });

  test("shows what a listener throws in the front end that sent the message", async () => {
    const widget = new Widget({ esm: "" });
    widget.onMessage(async () => {
      throw new Error("no such channel");
    });
    const seen: unknown[] = [];
    widget.attach((message) => seen.push(message)).receive({ method: "custom", content: 1 }, []);
    await Promise.resolve();
    expect(seen[1]).toEqual({ method: "error", message: "no such channel" });
  });

  test.skipIf(browserPath === undefined)("is rendered by its module, and both halves follow a click", async () => {
    const widget = new Widget({ esm: COUNTER, state: { count: 40 } });
    answerQuestions(widget, {
      twice: (question: number) => ({ content: { name: "twice" }, buffers: [new Float32Array([0, 2 * question])] }),
    });
    const view = await openView(widget);
    try {
      await view.page.click("button");
      await expect.poll(() => widget.get("count")).toBe(41);
      await view.page.waitForSelector('#view[data-answer="twice 42"]');
      widget.set({ count: 7 });
      await view.page.waitForFunction('document.querySelector("button").textContent === "count 7"');
      expect(view.errors).toEqual([]);
    } finally {
      await view.close();
    }
  });
});
