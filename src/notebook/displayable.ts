import type { MimeBundle } from "../core/host";

const DISPLAY = Symbol.for("Jupyter.display");

interface Displayable {
  [DISPLAY]?: unknown;
  $display?: unknown;
}

/** What an object shows of itself: the bundle of its `Symbol.for("Jupyter.display")` or `$display` method, if it has one. */
export function ownBundle(value: unknown): Promise<MimeBundle> | undefined {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return undefined;
  const { [DISPLAY]: symbol, $display } = value as Displayable;
  const method = [symbol, $display].find((one) => typeof one === "function");
  return method === undefined ? undefined : Promise.resolve((method as () => MimeBundle).call(value));
}
