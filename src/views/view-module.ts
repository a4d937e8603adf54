import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { SpecbookError } from "../core/errors";

/** The text of a view's ES module, as the build has bundled it from src/extension/views. */
export function viewModule(name: string): string {
  const path = resolve(__dirname, "../../dist/extension/views", `${name}.js`); // from src as well as from dist
  if (!existsSync(path)) {
    throw new SpecbookError("EngineError", `the front-end half of the view '${name}' is not built`, {
      got: `no file ${path}`,
      needed: "the bundled views",
      remedy: "npm run build",
    });
  }
  return readFileSync(path, "utf8");
}
