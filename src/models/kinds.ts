import { SpecbookError } from "../core";
import type { Architecture } from "./architecture";
import { type Im2specModel, im2specArchitecture } from "./im2spec";
import type { ModelBase } from "./model";

/** A model of any kind. */
export type Model = Im2specModel;

const ARCHITECTURES: { readonly [Kind in Model["kind"]]: Architecture<Extract<Model, { kind: Kind }>> } = {
  im2spec: im2specArchitecture,
};

/** The functions behind a model's plain data. @internal: the published declarations name no TensorFlow type. */
export function architectureOf<M extends Model>(model: M): Architecture<M> {
  const found = ARCHITECTURES[model.kind];
  if (found === undefined) {
    throw new SpecbookError("OptionError", "this is not a model that specbook knows", {
      got: `kind ${JSON.stringify((model as ModelBase & { kind?: unknown }).kind)}`,
      needed: Object.keys(ARCHITECTURES).join(", "),
      remedy: "make the model with one of these functions",
    });
  }
  return found as unknown as Architecture<M>; // the table pairs each kind with its own architecture
}
