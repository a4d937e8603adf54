import fc from "fast-check";
import { expect, test } from "vitest";
import { TextEdits } from "../../src/kernel/text-edits";

test("puts closing text before opening text at one place, inner closings first, replacements last", () => {
  const edits = new TextEdits();
  edits.open(2, "<outer ");
  edits.close(4, " outer>");
  edits.open(2, "<inner ");
  edits.close(4, " inner>");
  edits.open(4, "[next ");
  edits.replace(4, 5, "E");
  expect(edits.apply("abcdef").text).toBe("ab<outer <inner cd inner> outer>[next Ef");
});

test("leads every kept character back to where it was", () => {
  const edit = fc.record({
    at: fc.nat(20),
    length: fc.nat(4),
    text: fc.stringMatching(/^[A-Z]{0,5}$/),
    kind: fc.nat(2),
  });
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 8 }), (list) => {
      const source = "abcdefghijklmnopqrstu";
      const edits = new TextEdits();
      for (const { at, length, text, kind } of list) {
        if (kind === 0) edits.open(at, text);
        else if (kind === 1) edits.close(at, text);
        else edits.replace(at, Math.min(at + length, source.length), text);
      }
      const { text, original } = edits.apply(source, "PREFIX ");
      for (let i = 7; i < text.length; i++) {
        if (/[a-z]/.test(text[i])) expect(source[original(i)]).toBe(text[i]);
      }
    }),
  );
});

test("leads inserted text back to the place where it was inserted", () => {
  const edits = new TextEdits();
  edits.open(3, "XYZ");
  const { text, original } = edits.apply("abcdef");
  expect(text).toBe("abcXYZdef");
  expect([2, 3, 4, 5, 6].map(original)).toEqual([2, 3, 3, 3, 3]);
});
