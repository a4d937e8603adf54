import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRandom } from "../dist/core/index.js";
import { loadEngine } from "../dist/engine/load.js";
import { prepareEpochs } from "../dist/models/epoch-work.js";
import { makeModel } from "../dist/models/factories.js";
import { fitSettings } from "../dist/models/fit-options.js";
import { architectureOf } from "../dist/models/kinds.js";
import { alternate, row } from "./alternate.mjs";
import { startPeer } from "./peers.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const ATOMAI = "AtomAI on PyTorch CPU";

/** Sizes of each network, for both sides; `target` is the largest ratio of our time to the peer's. */
const CASES = [
  { network: "im2spec", image: [16, 16, 1], spectrum: 1496, latent: 10, batch: 64, target: 0.5, peer: ATOMAI },
  {
    network: "spec2im",
    image: [16, 16, 1],
    spectrum: 1496,
    latent: 10,
    downsampling: 16,
    batch: 64,
    target: 0.7,
    peer: ATOMAI,
  },
  { network: "rvae", image: [24, 24, 1], latent: 2, deviation: 1, batch: 200, target: 0.5, peer: ATOMAI },
  { network: "rvae", image: [10, 10, 3], latent: 2, deviation: 1, batch: 100, target: 0.55, peer: ATOMAI },
  { network: "vae", spectrum: 1496, latent: 2, deviation: 1, batch: 100, target: 0.8, peer: ATOMAI },
  {
    network: "ved",
    image: [16, 16, 1],
    spectrum: 1496,
    latent: 2,
    likelihood: "bernoulli",
    kl: "sampled",
    batch: 100,
    target: 0.7,
    peer: "pyroVED on PyTorch CPU",
  },
];

/** One training step of each network as `fit` does it (batch gathered, traced step) against the peer's own trainer. */
export async function bench(log, { only = "", rounds = "12" } = {}) {
  const engine = await loadEngine();
  const rows = [];
  for (const entry of CASES.filter((each) => nameOf(each).includes(only))) {
    const work = trainingSteps(engine, entry);
    log(`${nameOf(entry)}: ours on ${engine.name}, ${work.traced ? "traced" : "eager"}`);
    const peer = await startPeer(join(HERE, "models_peer.py"), [JSON.stringify(entry)]);
    try {
      // About a third of a second of steps in a turn: the first after a rest wakes threads and fills caches.
      await peer.run();
      const steps = Math.max(1, Math.min(50, Math.round(300 / (await peer.run()))));
      const medians = await alternate(peer.run, work.step, { rounds: Number(rounds), steps });
      rows.push(row(`${nameOf(entry)}, one step`, entry.peer, medians, entry.target));
      log(JSON.stringify(rows.at(-1)));
    } finally {
      peer.stop();
      work.dispose();
    }
  }
  return rows;
}

function nameOf({ network, image, spectrum, latent, batch }) {
  const sides = network === "spec2im" ? [spectrum, image] : [image, spectrum];
  const sizes = sides.filter((side) => side !== undefined).map((side) => [side].flat().join("x"));
  return `${network} ${sizes.join(" -> ")}, L=${latent}, batch ${batch}`;
}

function trainingSteps(engine, { network, target, peer, batch, ...options }) {
  const model = makeModel(network, { ...options, seed: 1 });
  const architecture = architectureOf(model);
  const samples = randomSamples(2 * batch, options);
  const training = architecture.data(model, samples);
  const settings = fitSettings({ batch, trace: engine.native !== undefined }, 2 * batch, engine);
  const epochs = prepareEpochs(engine, architecture, model, settings, { training, validation: [] });
  let steps = [];
  return {
    traced: epochs.traced,
    step: async () => {
      if (steps.length === 0) steps = epochs.training();
      const start = performance.now();
      steps.pop().run();
      return performance.now() - start;
    },
    dispose: () => epochs.dispose(),
  };
}

/** Uniform numbers in the shapes that a model of these options trains on: pairs, or the one side it has. */
function randomSamples(n, { image, spectrum }) {
  const random = createRandom(0);
  const array = (...shape) => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.uniform()),
  });
  if (image === undefined) return array(n, spectrum);
  if (spectrum === undefined) return array(n, ...image);
  return { kind: "pairs", images: array(n, ...image), spectra: array(n, spectrum) };
}
