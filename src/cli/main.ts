#!/usr/bin/env node
import { createProgram } from "./program";
import { reportError } from "./report-error";

createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    const { text, exitCode } = reportError(error);
    console.error(text);
    process.exitCode = exitCode;
  });
