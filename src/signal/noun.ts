import type { Samples } from "../data";

const NOUNS = { pairs: "pairs", "image-windows": "windows", "pixel-spectra": "spectra" } as const;

/** What samples are called in a message. */
export function nounOf({ kind }: Samples): (typeof NOUNS)[Samples["kind"]] {
  return NOUNS[kind];
}
