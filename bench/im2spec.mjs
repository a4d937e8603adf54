import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRandom } from "../dist/core/index.js";
import { loadEngine } from "../dist/engine/load.js";
import { prepareEpochs } from "../dist/models/epoch-work.js";
import { im2specArchitecture } from "../dist/models/im2spec-network.js";
import { im2spec } from "../dist/models/index.js";
import { alternate, row } from "./alternate.mjs";
import { startPeer } from "./peers.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const SIZE = { window: 16, channels: 1496, latent: 10, batch: 64 };

/** One training step of im2spec as `fit` does it (batch gathered, traced step) against AtomAI's. */
export async function bench(log) {
  const { window, channels, latent, batch } = SIZE;
  const engine = await loadEngine();
  const work = trainingSteps(engine);
  log(`im2spec: ours on ${engine.name}, ${work.traced ? "traced" : "eager"}`);
  const peer = await startPeer(join(HERE, "im2spec_peer.py"), [window, channels, latent, batch]);
  try {
    const medians = await alternate(peer.run, work.step);
    const name = `im2spec step ${window}x${window} -> ${channels}, L=${latent}, batch ${batch}`;
    return [row(name, "AtomAI on PyTorch CPU", medians, 0.5)];
  } finally {
    peer.stop();
    work.dispose();
  }
}

function trainingSteps(engine) {
  const { window, channels, latent, batch } = SIZE;
  const random = createRandom(0);
  const noise = (...shape) => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.uniform()),
  });
  const model = im2spec({ image: [window, window, 1], spectrum: channels, latent, seed: 1 });
  const settings = { batch, learningRate: 1e-3, seed: 0, dropLast: true, trace: engine.native !== undefined };
  const training = [noise(2 * batch, window, window, 1), noise(2 * batch, channels)];
  const epochs = prepareEpochs(engine, im2specArchitecture, model, settings, { training, validation: [] });
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
