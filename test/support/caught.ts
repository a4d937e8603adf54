import { isSpecbookError, type SpecbookError } from "../../src/core/errors";

/** The specbook error that `work` throws or rejects with; any other outcome fails the test. */
export async function caught(work: () => unknown): Promise<SpecbookError> {
  try {
    await work();
  } catch (error) {
    if (isSpecbookError(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
