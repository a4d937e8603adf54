import { SpecbookError } from "../core";
import { autoencoder } from "./autoencoder";
import { classifier } from "./classifier";
import { dualVae } from "./dual-vae";
import { im2spec } from "./im2spec";
import { jrvae } from "./jrvae";
import type { Model } from "./model";
import { rvae } from "./rvae";
import { segmenter } from "./segmenter";
import { spec2im } from "./spec2im";
import { vae } from "./vae";
import { ved } from "./ved";

/** The function that makes each kind of model from its options. */
const FACTORIES: {
  readonly [Kind in Model["kind"]]: (
    options: Extract<Model, { kind: Kind }>["options"],
  ) => Extract<Model, { kind: Kind }>;
} = { "dual-vae": dualVae, autoencoder, classifier, im2spec, jrvae, rvae, segmenter, spec2im, vae, ved };

/**
 * A fresh model of a kind from options that were saved, which the kind's own function checks. @internal
 *
 * @throws OptionError for an unknown kind, and for options that do not make a model
 */
export function makeModel(kind: unknown, options: Readonly<Record<string, unknown>>): Model {
  if (typeof kind !== "string" || !Object.hasOwn(FACTORIES, kind)) {
    throw new SpecbookError("OptionError", "this is not a model that specbook knows", {
      got: `kind ${JSON.stringify(kind)}`,
      needed: Object.keys(FACTORIES).join(", "),
      remedy: "use the version of specbook that saved the model, or a newer one",
    });
  }
  // The table pairs each kind with its own options; what a file says of them is checked by the function itself.
  const make = FACTORIES[kind as Model["kind"]] as (options: Readonly<Record<string, unknown>>) => Model;
  return make(options);
}
