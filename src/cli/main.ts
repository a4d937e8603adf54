#!/usr/bin/env node
import { createProgram } from "./program";
import { reportError } from "./report-error";

// `specbook doctor | head` closes the pipe: that is the reader's right, not a failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    const { text, exitCode } = reportError(error);
    console.error(text);
    process.exitCode = exitCode;
  });
