import { bench as benchModels } from "./models.mjs";

/** The row of im2spec in models.mjs by itself. */
export async function bench(log, options) {
  return benchModels(log, { ...options, only: "im2spec" });
}
