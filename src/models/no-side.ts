import { SpecbookError } from "../core";

/** Throws: what a model of classes gives is no image and no spectrum. @internal */
export function noSide(kind: string): never {
  throw new SpecbookError("OptionError", `a ${kind} gives classes, not images or spectra`, {
    got: `a model of kind ${kind}`,
    needed: "a model whose output is compared with one side of the samples",
    remedy: "confusion(await classify(model, samples), samples) says how well it does",
  });
}
