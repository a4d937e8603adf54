import { SpecbookError } from "../core";
import type { Architecture } from "./architecture";
import { autoencoderArchitecture } from "./autoencoder-network";
import { classifierArchitecture } from "./classifier-network";
import { dualVaeArchitecture } from "./dual-vae-network";
import { im2specArchitecture } from "./im2spec-network";
import { jrvaeArchitecture } from "./jrvae-network";
import type { Model, ModelBase } from "./model";
import { rvaeArchitecture } from "./rvae-network";
import { segmenterArchitecture } from "./segmenter-network";
import { spec2imArchitecture } from "./spec2im-network";
import { vaeArchitecture } from "./vae-network";
import { vedArchitecture } from "./ved-network";

const ARCHITECTURES: { readonly [Kind in Model["kind"]]: Architecture<Extract<Model, { kind: Kind }>> } = {
  jrvae: jrvaeArchitecture,
  rvae: rvaeArchitecture,
  autoencoder: autoencoderArchitecture,
  "dual-vae": dualVaeArchitecture,
  classifier: classifierArchitecture,
  im2spec: im2specArchitecture,
  segmenter: segmenterArchitecture,
  spec2im: spec2imArchitecture,
  vae: vaeArchitecture,
  ved: vedArchitecture,
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
