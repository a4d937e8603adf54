import { describe, expect, test } from "vitest";
import { isComplete } from "../../src/kernel/is-complete";
import { typescript } from "../../src/kernel/typescript";

const ts = typescript();
const status = (code: string) => isComplete(ts, code).status;

describe("is_complete", () => {
  test.each([
    "",
    "  \n",
    "1",
    "const x = 3",
    "function f(a: number) { return a }",
    "await Promise.resolve(1)",
    "type T = { a: 1 };",
  ])("runs %j", (code) => expect(status(code)).toBe("complete"));

  test.each(["function f() {", "const s = `abc", "foo(1,", "if (true) {\n  1", "/* comment", "[1, 2", "x =", "'abc\\"])(
    "waits for more after %j",
    (code) => expect(status(code)).toBe("incomplete"),
  );

  test.each(["const = 3", "let x: = 2; x", "foo)(", "1 2", "const s = 'abc", "/abc"])("calls %j wrong", (code) =>
    expect(status(code)).toBe("invalid"),
  );

  test("indents one step deeper after an opening bracket and keeps the depth else", () => {
    expect(isComplete(ts, "if (true) {").indent).toBe("  ");
    expect(isComplete(ts, "if (true) {\n  foo(1,").indent).toBe("  ");
    expect(isComplete(ts, "if (true) {\n  foo([").indent).toBe("    ");
  });
});
