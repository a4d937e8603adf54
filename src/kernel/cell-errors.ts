/** Thrown into a cell by the stop button. */
export class KeyboardInterrupt extends Error {
  constructor(message = "the cell was stopped") {
    super(message);
    this.name = "KeyboardInterrupt";
  }
}

/** A cell that does not compile. Its stack is the compiler's report: place, message, line, caret. */
export class TypeScriptError extends Error {
  constructor(reports: readonly string[]) {
    super(reports[0].split("\n")[0]);
    this.name = "TypeScriptError";
    this.stack = reports.join("\n");
  }
}
