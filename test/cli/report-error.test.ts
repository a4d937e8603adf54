import { describe, expect, test } from "vitest";
import { reportError } from "../../src/cli/report-error";
import { SpecbookError } from "../../src/core";

const parts = { got: "a", needed: "b", remedy: "c" };

describe("reportError", () => {
  test("prints an error that says what to do without its stack", () => {
    const { text, exitCode } = reportError(new SpecbookError("FileError", "No such file.", parts));
    expect(text).toBe("FileError: No such file.\n  got:     a\n  needed:  b\n  do this: c");
    expect(exitCode).toBe(1);
  });

  test("exits with 130 when stopped", () => {
    expect(reportError(new SpecbookError("CancelledError", "Stopped.", parts)).exitCode).toBe(130);
  });

  test("prints every other failure with its stack", () => {
    expect(reportError(new TypeError("x is undefined"))).toMatchObject({
      text: expect.stringMatching(/TypeError: x is undefined\n\s+at /),
      exitCode: 1,
    });
    expect(reportError("text")).toEqual({ text: "text", exitCode: 1 });
  });
});
