import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { SpecbookError } from "../../core";
import { LAYOUT, STOCK_TENSORFLOW_VERSION, type TfjsPackage } from "../recipe";
import { runOrThrow } from "./command";
import { npmCommand } from "./npm";
import type { SetupStep } from "./step";

/** Runs the package's own install script, which downloads an older TensorFlow and a prebuilt addon. */
export function stockDownload(name: TfjsPackage): SetupStep {
  return {
    name: "stock",
    title: `tfjs-node's own download (TensorFlow ${STOCK_TENSORFLOW_VERSION})`,
    key: `${STOCK_TENSORFLOW_VERSION} ${name}`,
    async run({ folder, signal }) {
      const { command, first } = npmCommand();
      const remedy =
        "Check the network; in a lab with a mirror set TFJS_NODE_BASE_URI and TFJS_NODE_CDN_STORAGE, then run it again.";
      // The script fails with exit code 0 in places: what counts is the addon.
      await runOrThrow("The stock download", command, [...first, "rebuild", name], { cwd: folder, signal, remedy });
      const libraries = await readdir(join(folder, LAYOUT.libraries(name))).catch(() => []);
      if (existsSync(join(folder, LAYOUT.addon(name))) && libraries.length > 0) return;
      throw new SpecbookError("EngineError", "The stock download gave no engine.", {
        got: `no ${existsSync(join(folder, LAYOUT.addon(name))) ? "library" : "addon"} after tfjs-node's install script`,
        needed: "its addon and its library",
        remedy,
      });
    },
  };
}
