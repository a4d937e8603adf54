import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The version of this package, as written into every history entry, run record and saved file. */
export const VERSION: string = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8")).version;
