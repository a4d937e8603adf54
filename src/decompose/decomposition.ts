import { SpecbookError } from "../core/errors";
import type { FloatArray } from "../data";
import type { IcaResult, NmfResult, PcaResult } from "./results";

/** A result whose maps and spectra belong together, component by component. */
export type Decomposition = NmfResult | PcaResult | IcaResult;

/** The spectra of the components, [components, channels]. */
export function componentSpectra(result: Decomposition): FloatArray {
  return result.kind === "nmf" ? result.endmembers : result.components;
}

/** Throws unless a value is the result of a decomposition. */
export function checkDecomposition(call: string, value: unknown): void {
  const kind = typeof value === "object" && value !== null && "kind" in value ? value.kind : typeof value;
  if (kind === "nmf" || kind === "pca" || kind === "ica") return;
  throw new SpecbookError("OptionError", `${call} needs the result of a decomposition`, {
    got: value instanceof Promise ? "a promise (await is missing)" : String(kind),
    needed: "the result of nmf, pca or ica",
    remedy: `for example ${call}(await nmf(spectra, { components: 4 }), ...)`,
  });
}
