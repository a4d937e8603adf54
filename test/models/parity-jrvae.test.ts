import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadEngine } from "../../src/engine/load";
import { jrvae } from "../../src/models/jrvae";
import { drawClasses, jrvaeArchitecture, jrvaeDecoder, jrvaeEncoder } from "../../src/models/jrvae-network";
import { contentOf } from "../../src/models/pose";
import { drawLatent } from "../../src/models/variational";
import { forwardPass, lossAndGradients } from "./support/parity-run";

/** Made by fixtures/jrvae.py, which runs AtomAI's jrVAE with all its noise fixed. */
interface Reference {
  readonly image: [number, number, number];
  readonly classes: number[];
  readonly latent: number;
  readonly hidden: number;
  readonly layers: number;
  readonly batch: number;
  readonly step: number;
  readonly anglePrior: number;
  readonly classCapacity: [number, number, number];
  readonly parameters: Record<string, number[]>;
  readonly gradients: Record<string, number[]>;
  readonly [numbers: string]: unknown;
}

const reference: Reference = JSON.parse(readFileSync(join(__dirname, "fixtures/jrvae.json"), "utf8"));
const array = (name: string) => reference[name] as number[];
/** Float32 on both sides. */
const TOLERANCE = { relative: 1e-5 };

function modelOfReference() {
  const { image, classes, latent, hidden, layers, anglePrior, classCapacity } = reference;
  const [largest, steps, gamma] = classCapacity;
  const model = jrvae({
    image,
    classes,
    latent,
    hidden,
    layers,
    anglePrior,
    deviation: 1,
    classCapacity: { largest, steps, gamma },
  });
  for (const [name, p] of Object.entries(model.parameters)) p.data.set(reference.parameters[name]);
  return model;
}

test("the jrVAE has AtomAI's parameters", () => {
  const { parameters } = modelOfReference();
  expect(Object.keys(parameters).sort()).toEqual(Object.keys(reference.parameters).sort());
  for (const [name, p] of Object.entries(parameters)) expect(p.data).toHaveLength(reference.parameters[name].length);
});

test("the jrVAE agrees with AtomAI's in every array of the forward pass", async () => {
  const engine = await loadEngine();
  const model = modelOfReference();
  const { options: o } = model;
  const { batch } = reference;
  const { tf } = engine;
  const got = forwardPass(engine, jrvaeArchitecture, model, true, (scope) => {
    const q = jrvaeEncoder(scope, o, tf.tensor(array("x"), [batch, ...o.image]));
    const all = drawLatent(engine, q, tf.tensor(array("eps"), [batch, 5]));
    const classes = drawClasses(engine, o, q.probabilities, tf.tensor(array("gumbel"), [batch, 5]));
    return {
      mean: q.mean,
      logDeviation: q.logDeviation,
      probabilities: q.probabilities,
      content: tf.concat([contentOf(engine, o, all), classes], 1),
      recon: jrvaeDecoder(scope, o, all, classes),
    };
  });
  for (const [name, values] of Object.entries(got)) expect(values, name).toMatchArray(array(name), TOLERANCE);
});

test("the jrVAE agrees with AtomAI's in the loss, its terms and every gradient", async () => {
  const engine = await loadEngine();
  const { tf } = engine;
  const before = tf.memory().numTensors;
  const model = modelOfReference();
  const { batch, step, image } = reference;
  const inputs = {
    data: [tf.tensor(array("x"), [batch, ...image])],
    noise: [tf.tensor(array("eps"), [batch, 5]), tf.tensor(array("gumbel"), [batch, 5])],
    schedule: jrvaeArchitecture.schedule!(model, step).map((value) => tf.scalar(value)),
  };
  const { loss, terms, gradients } = lossAndGradients(engine, jrvaeArchitecture, model, inputs);
  tf.dispose([...inputs.data, ...inputs.noise, ...inputs.schedule]);
  const klContentAndShift = terms.klContent + terms.klShift;
  for (const [name, value] of Object.entries({ loss, ...terms, klContentAndShift })) {
    if (name in reference) expect([value], name).toMatchArray([reference[name] as number], TOLERANCE);
  }
  expect(Object.keys(terms)).toEqual(["reconstruction", "klAngle", "klShift", "klContent", "klClasses"]);
  for (const [name, gradient] of gradients) {
    expect(gradient, name).toMatchArray(reference.gradients[name], { relative: 2e-5, absolute: 1e-5 });
  }
  expect(tf.memory().numTensors).toBe(before);
});

test("the capacity of the classes ends at the sum of their logarithms", () => {
  const model = jrvae({ image: [4, 4, 1], classes: [3, 2], classCapacity: { largest: 50, steps: 100, gamma: 1 } });
  const at = (step: number) => jrvaeArchitecture.schedule!(model, step)[1];
  expect([at(0), at(2), at(80)]).toEqual([0, 1, Math.log(3) + Math.log(2)]);
});
