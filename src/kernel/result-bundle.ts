import { createRequire } from "node:module";
import type { MimeBundle } from "../core/host";
import { ownBundle } from "../notebook/displayable";
import { isDrawn } from "../notebook/drawn-kinds";
import { formatValue } from "./format-value";

const localRequire = createRequire(__filename);
interface Displayable {
  $schema?: unknown;
  kind?: unknown;
  axes?: unknown;
}

/** True for a Vega or Vega-Lite chart, and for data of the library. */
function isLibrarys({ $schema, kind, axes }: Displayable): boolean {
  if (typeof $schema === "string") return /\bvega(-lite)?\b/.test($schema);
  return typeof kind === "string" && typeof axes === "object";
}

/** JSON cannot carry bytes: typed arrays become base64 text, as Jupyter wants images. */
export function encodeBytes(bundle: MimeBundle): MimeBundle {
  const encoded = Object.entries(bundle).map(([type, content]) => {
    if (!ArrayBuffer.isView(content)) return [type, content];
    const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    return [type, bytes.toString("base64")];
  });
  return Object.fromEntries(encoded);
}

/**
 * What a front end shows of a value: charts drawn, objects with a `Symbol.for("Jupyter.display")` or `$display` method by
 * what it returns, everything else as short text.
 */
export async function resultBundle(value: unknown): Promise<MimeBundle> {
  if (value !== null && (typeof value === "object" || typeof value === "function")) {
    const displayable = value as Displayable;
    const own = ownBundle(value);
    if (own !== undefined) return encodeBytes(await own);
    if (isLibrarys(displayable) || isDrawn(value)) {
      // loaded when there is something to draw: a kernel that draws nothing starts sooner
      const { bundle } = localRequire("../notebook") as typeof import("../notebook");
      return encodeBytes(await bundle(value));
    }
  }
  return { "text/plain": formatValue(value) };
}
