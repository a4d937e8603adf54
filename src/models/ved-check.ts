import { SpecbookError } from "../core";
import type { ResolvedVedOptions } from "./ved";

/** Throws unless the options describe a VED that can be built. */
export function checkVedSizes(o: ResolvedVedOptions): void {
  for (const name of ["encoderFilters", "decoderFilters"] as const) {
    if (Array.isArray(o[name]) && o[name].length > 0 && o[name].every((b) => Array.isArray(b) && b.length > 0))
      continue;
    throw refused(
      `these ${name}`,
      JSON.stringify(o[name]),
      "at least one block, and a filter count in each",
      `leave ${name} out, or give a list of lists such as [[32], [64, 64]]`,
    );
  }
  const counts: [string, number][] = [
    ["image height", o.image?.[0]],
    ["image width", o.image?.[1]],
    ["image channels", o.image?.[2]],
    ["spectrum", o.spectrum],
    ["latent", o.latent],
    ...o.encoderFilters.flat().map((count): [string, number] => ["encoderFilters", count]),
    ...o.decoderFilters.flat().map((count): [string, number] => ["decoderFilters", count]),
  ];
  const wrong = counts.find(([, value]) => !Number.isInteger(value) || value < 1);
  if (wrong !== undefined) {
    throw refused(
      `this ${wrong[0]}`,
      `${wrong[0]} ${wrong[1]}`,
      "a whole number of at least 1",
      "take the sizes from the data: ved({ ...shapes(pairs), latent: 2 })",
    );
  }
  const halvings = o.encoderFilters.length - 1;
  const smallest = Math.min(o.image[0], o.image[1]);
  if (smallest < 2 ** halvings) {
    throw refused(
      "these windows",
      `windows of ${o.image[0]} x ${o.image[1]}, halved ${halvings} times`,
      `at least ${2 ** halvings} pixels each way`,
      `cut larger windows, or give ${Math.floor(Math.log2(smallest)) + 1} blocks of encoderFilters at most`,
    );
  }
  if (o.kl !== "analytic" && o.kl !== "sampled") {
    throw refused("this kl", `kl: ${JSON.stringify(o.kl)}`, '"analytic" or "sampled"', 'leave it out for "analytic"');
  }
}

function refused(what: string, got: string, needed: string, remedy: string): SpecbookError {
  return new SpecbookError("OptionError", `ved cannot be built with ${what}`, { got, needed, remedy });
}
