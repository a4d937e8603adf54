import { describe, expect, test } from "vitest";
import { bundle } from "../../src/notebook";
import { DRAWN_KINDS, isDrawn } from "../../src/notebook/drawn-kinds";
import { cleanUpSamples } from "../plot/support/clean-up-samples";
import { clusterSamples } from "../plot/support/cluster-samples";
import { decompositionSamples } from "../plot/support/decomposition-samples";
import { latentSamples } from "../plot/support/latent-samples";
import { paperSamples } from "../plot/support/paper-samples";
import { TINY } from "../plot/support/samples";
import { signalSamples } from "../plot/support/signal-samples";

const s = latentSamples({ ...TINY, rows: 4, columns: 5 });
const clusters = clusterSamples(s);
const decompositions = decompositionSamples(s);
const results = [
  decompositions.ica,
  decompositions.match,
  decompositions.residual,
  decompositions.scree,
  decompositions.stability,
  s.nmf,
  s.pca,
  ...Object.values(cleanUpSamples(s)),
  ...Object.values(signalSamples(s)),
  clusters.clustering,
  clusters.embedding,
  clusters.silhouette,
  s.angles,
  s.back,
  s.plane,
  s.errors,
  s.forward,
  s.latent,
  s.spread,
  s.imageManifold,
  s.posterior,
  s.predictions,
  s.shifts,
  paperSamples(s).choice,
  paperSamples(s).spectra,
];
const CHART = "application/vnd.vegalite.v5+json";

describe("a result as a cell's last expression", () => {
  test.each(results.map((value) => [value.kind, value] as const))("%s is shown", async (kind, value) => {
    const shown = await bundle(value);
    if (kind === "posterior") return expect(shown["text/plain"]).toMatch(/^posterior of 20 samples/);
    expect(Object.keys(shown)).toEqual([CHART, "text/plain", "image/png"]);
    expect(String(shown["text/plain"])).toMatch(/^\[chart\] /);
  });

  test("every kind that the kernel hands over is one of these", () => {
    expect(results.map(({ kind }) => kind as string).sort()).toEqual([...DRAWN_KINDS].sort());
    expect([...results, [s.imageManifold]].every(isDrawn)).toBe(true);
    expect([{ kind: "other" }, [], [1], null, "latent", s.comparison].some(isDrawn)).toBe(false);
  });

  test("the manifolds of classes are one figure", async () => {
    const shown = await bundle([0, 1].map((index) => ({ ...s.imageManifold, class: index })));
    expect(JSON.stringify(shown[CHART])).toContain("b  Class 2");
    expect(Object.keys(await bundle([1, 2]))).toEqual(["text/plain"]);
  });

  test("a posterior says what each latent tells, with pose and classes", async () => {
    const classes = { data: Float32Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 0.25 : 0.75)), shape: [20, 2] };
    const text = String((await bundle({ ...s.posterior, classes }))["text/plain"]);
    const lines = text.split("\n").map((line) => line.trim());
    expect(lines).toHaveLength(8);
    expect(lines[3]).toMatch(/^z3: .* to .*, s\.d\. 1, KL from the prior .* nats$/);
    expect(lines[4]).toMatch(/^angle: -?\d.* to \d.* degrees$/);
    expect(lines[7]).toBe("classes: 1: 25 %, 2: 75 %");
  });

  test("a result that cannot be drawn is shown as text", async () => {
    const nothing = { ...s.plane, values: s.plane.values.map(() => Number.NaN) };
    expect(Object.keys(await bundle(nothing))).toEqual(["text/plain"]);
  });
});
