import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Tensor } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine";
import { loadEngine } from "../../src/engine/load";
import { columns } from "../../src/engine/ops";
import { decode, vae } from "../../src/models";
import type { Architecture } from "../../src/models/architecture";
import { expectedValue, misfit } from "../../src/models/likelihood";
import { shiftedDecoder } from "../../src/models/shifted-decoder";
import type { VaeModel } from "../../src/models/vae";
import { vaeArchitecture } from "../../src/models/vae-network";
import { forwardPass, lossAndGradients } from "./support/parity-run";

/** Made by fixtures/shift_vae.py, which runs the decoder of pyroVED's iVAE with invariances ["t"]. */
interface Reference {
  readonly channels: number;
  readonly latent: number;
  readonly hidden: number;
  readonly batch: number;
  readonly shiftPrior: number;
  readonly x: number[];
  /** Shift, then content. */
  readonly z: number[];
  readonly output: number[];
  /** The output of the content without its shift. */
  readonly centred: number[];
  /** Cross-entropy, summed over the channels, mean over the samples. */
  readonly loss: number;
  readonly parameters: Record<string, number[]>;
  readonly gradients: Record<string, number[]>;
}

const reference: Reference = JSON.parse(readFileSync(join(__dirname, "fixtures/shift_vae.json"), "utf8"));
const { channels, latent, hidden, batch, shiftPrior } = reference;
const likelihood = { likelihood: "bernoulli", deviation: 1 } as const;
const RELATIVE = 1e-5; // float32 on both sides

/** AtomAI's names, which our decoder has, for pyroVED's. */
const named = (name: string) => `decoder_net.${name.replace("fc_layers", "fc_decoder")}`;

function peerModel(): VaeModel {
  const model = vae({ spectrum: channels, latent, hidden, shift: true, shiftPrior, ...likelihood });
  for (const [name, values] of Object.entries(reference.parameters)) model.parameters[named(name)].data.set(values);
  return model;
}

describe("the decoder of the shift VAE is pyroVED's", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await loadEngine();
  });

  test("in its parameters, and in its output at each sample's shift and at none", async () => {
    const model = peerModel();
    const ours = Object.keys(model.parameters).filter((name) => name.startsWith("decoder_net."));
    expect(ours.sort()).toEqual(Object.keys(reference.parameters).map(named).sort());
    const z = engine.tf.tensor(reference.z, [batch, 1 + latent]);
    const { output } = forwardPass(engine, vaeArchitecture, model, false, (scope) => {
      const shift = engine.tf.mul(columns(engine, z, 0, 1), shiftPrior);
      const logits = shiftedDecoder(
        scope,
        "decoder_net",
        { spectrum: channels, layers: 2 },
        shift,
        columns(engine, z, 1, latent),
      );
      return { output: expectedValue(engine, likelihood, logits) };
    });
    z.dispose();
    expect(output).toMatchArray(reference.output, { relative: RELATIVE });
    const content = Float32Array.from(reference.z.filter((_, i) => i % (1 + latent) !== 0));
    const centred = await decode(model, { data: content, shape: [batch, latent] });
    expect(centred.data).toMatchArray(reference.centred, { relative: RELATIVE });
    expect(centred.data).not.toMatchArray(reference.output, { relative: 1e-3 });
  });

  test("in the gradient of the cross-entropy", () => {
    const z = engine.tf.tensor(reference.z, [batch, 1 + latent]);
    const x = engine.tf.tensor(reference.x, [batch, channels]);
    // The decoder alone: its latents are given, not encoded.
    const alone: Architecture<VaeModel> = {
      ...vaeArchitecture,
      specs: (model) => vaeArchitecture.specs(model).filter(({ name }) => name.startsWith("decoder_net.")),
      loss: (scope, _, [points, target]: readonly Tensor[]) => {
        const shift = engine.tf.mul(columns(engine, points, 0, 1), shiftPrior);
        const content = columns(engine, points, 1, latent);
        const logits = shiftedDecoder(scope, "decoder_net", { spectrum: channels, layers: 2 }, shift, content);
        return { total: misfit(engine, likelihood, logits, target).value };
      },
    };
    const { loss, gradients } = lossAndGradients(engine, alone, peerModel(), { data: [z, x], noise: [], schedule: [] });
    engine.tf.dispose([z, x]);
    expect([loss]).toMatchArray([reference.loss], { relative: RELATIVE });
    for (const [name, values] of Object.entries(reference.gradients)) {
      expect(gradients.get(named(name)), name).toMatchArray(values, { relative: RELATIVE, absolute: 1e-7 });
    }
  });
});
