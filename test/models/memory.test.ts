import { describe, expect, vi } from "vitest";
import { testBuilt } from "../support/built";
import { inFreshNode } from "../support/engine-child";
import { hasNative } from "../support/engines";
import { report } from "../support/report";

// Hundreds of training steps: seconds on a free machine, minutes on a crowded one.
vi.setConfig({ testTimeout: 300_000 });

/**
 * A fit of 2,000 steps (200 epochs of 10) that prints, as JSON, tensors and resident memory after the first 1,000 and at the
 * end: the median of five epochs each, because V8 gives its free pages back when it likes. Until then the V8 of Node 24 lets
 * its heap grow to four times of what is in it.
 */
const RUN = `
  require("node:v8").setFlagsFromString("--expose-gc");
  const collect = require("node:vm").runInNewContext("gc");
  const { fit, im2spec, vae } = source("models");
  const { loadEngine } = source("engine/load");
  const { createRandom } = source("core");
  const [kind, trace] = [process.env.KIND, process.env.TRACE === "1"];
  const random = createRandom(1);
  const array = (...shape) => ({ shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.uniform()) });
  const pairs = { kind: "pairs", images: array(160, 8, 8, 1), spectra: array(160, 32), positions: new Int32Array(320), scan: [160, 1], metadata: {}, history: [] };
  const small = { encoderLayers: 1, decoderLayers: 1, encoderFilters: 4, decoderFilters: 4 };
  const model = kind === "vae" ? vae({ spectrum: 32, hidden: 16 }) : im2spec({ image: [8, 8, 1], spectrum: 32, ...small });
  const samples = kind === "vae" ? pairs.spectra : pairs;
  loadEngine().then(async ({ tf }) => {
    const before = tf.memory().numTensors;
    const seen = { early: [], late: [] };
    let last = 0;
    const onProgress = ({ epochs: { length: epoch } }) => {
      const place = epoch > 95 && epoch <= 100 ? seen.early : epoch > 195 ? seen.late : undefined;
      if (place === undefined || epoch === last) return;
      last = epoch;
      collect();
      place.push({ tensors: tf.memory().numTensors, resident: process.memoryUsage.rss() });
    };
    const middle = (all) => ({ tensors: all[0].tensors, resident: all.map((one) => one.resident).sort((a, b) => a - b)[2] });
    const run = await fit(model, samples, { epochs: 200, batch: 16, learningRate: 1e-4, trace, augment: kind === "vae" ? undefined : "flips", onProgress });
    console.log(JSON.stringify({ early: middle(seen.early), late: middle(seen.late), left: tf.memory().numTensors - before, traced: run.traced }));
  });
`;

describe("1,000 training steps more", () => {
  testBuilt.for([
    ["im2spec", true],
    ["im2spec", false],
    ["vae", true],
    ["vae", false],
  ] as const)("leave tensors and resident memory as they were: %s, traced %s", ([kind, traced], { skip }) => {
    if (traced && !hasNative) skip("no native engine");
    const { stdout, stderr } = inFreshNode(RUN, {
      KIND: kind,
      TRACE: traced ? "1" : "0",
      NODE_OPTIONS: "--max-semi-space-size=4",
    });
    const line = stdout.split("\n").find((text) => text.startsWith("{")) ?? stderr;
    const found = JSON.parse(line);
    expect(found.traced).toBe(traced);
    expect(found.left).toBe(0);
    expect(found.late.tensors).toBe(found.early.tensors);
    const growth = found.late.resident / found.early.resident - 1;
    report(`resident memory after 1,000 more steps, ${kind}, traced ${traced}`, `${(100 * growth).toFixed(2)} %`);
    expect(growth).toBeLessThan(0.05);
  });
});
