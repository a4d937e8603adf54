import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { bundle } from "../../src/notebook";
import type { VegaLiteSpec } from "../../src/plot";
import { decodePng } from "../support/decode-png";
import { cleanUpFigures } from "./support/clean-up-samples";
import { clusterFigures } from "./support/cluster-samples";
import { decompositionFigures } from "./support/decomposition-samples";
import { latentFigures, latentSamples } from "./support/latent-samples";
import { paperFigures } from "./support/paper-samples";
import { figures, PAPER, type Size, TINY } from "./support/samples";
import { signalFigures } from "./support/signal-samples";
import { structureFigures } from "./support/structure-samples";

/** The specifications that the figures had, a file each. */
const KEPT = join(__dirname, "__snapshots__/figures");
const fileOf = (name: string) => `${name.replaceAll(/[^a-z0-9]+/gi, "-")}.json`;

type Compile = typeof import("vega-lite").compile;

/** Size of a picture, and a digest of its colours: decoded, because another zlib packs the same pixels otherwise. */
function pictureName(url: string): string {
  const { width, height, pixels, palette, alpha = [] } = decodePng(Buffer.from(url.split(",")[1], "base64"));
  const colours = createHash("sha256").update(pixels).update(palette).update(Uint8Array.from(alpha));
  return `picture of ${width} x ${height}: ${colours.digest("hex").slice(0, 12)}`;
}

/** Numbers to three decimals, pictures by their name: what changes when a figure changes. */
function normalised(node: unknown): unknown {
  if (typeof node === "number") return Number(node.toFixed(3));
  if (typeof node === "string" && node.startsWith("data:image/png")) return pictureName(node);
  if (Array.isArray(node)) return node.map(normalised);
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, normalised(child)]));
}

const drawn = (size: Size) => {
  const made = latentSamples(size);
  return {
    ...figures(made),
    ...latentFigures(made),
    ...clusterFigures(made),
    ...decompositionFigures(made),
    ...cleanUpFigures(made),
    ...signalFigures(made),
    ...paperFigures(made),
    ...structureFigures(made),
  };
};
const tiny = drawn(TINY);
const paper = drawn(PAPER);
const names = Object.keys(tiny);
let compile: Compile;

beforeAll(async () => {
  ({ compile } = await import("vega-lite"));
});

/** Warnings of Vega-Lite's compiler. */
function warnings(spec: VegaLiteSpec): string[] {
  const found: string[] = [];
  const keep = (...text: readonly unknown[]) => {
    found.push(text.join(" "));
    return logger;
  };
  const quiet = () => logger;
  const logger = { warn: keep, error: keep, info: quiet, debug: quiet, level: quiet } as unknown as NonNullable<
    Parameters<Compile>[1]
  >["logger"];
  compile(spec as unknown as Parameters<Compile>[0], { logger });
  return found;
}

describe.each(names)("%s", (name) => {
  test("has the specification it had", async () => {
    const { config, ...spec } = tiny[name]();
    expect(config).toBeDefined();
    await expect(`${JSON.stringify(normalised(spec), null, 1)}\n`).toMatchFileSnapshot(join(KEPT, fileOf(name)));
  });

  test("compiles without a warning on tiny data and at the paper's size", () => {
    expect(warnings(tiny[name]())).toEqual([]);
    expect(warnings(paper[name]())).toEqual([]);
  });

  test("is drawn, and small enough for a notebook, at the paper's size", async () => {
    const spec = paper[name]();
    const shown = await bundle(spec);
    // Noise deflates worst: measured maps take about two thirds of this.
    expect(JSON.stringify(spec).length).toBeLessThan(60_000);
    expect(String(shown["image/png"]).length).toBeLessThan(80_000);
    const png = decodePng(Buffer.from(String(shown["image/png"]), "base64"));
    expect(png.width).toBeGreaterThan(300);
    expect(new Set(png.pixels).size).toBeGreaterThan(8);
  });

  test("is drawn from the smallest data", async () => {
    expect(await bundle(tiny[name]())).toHaveProperty("image/png");
  });
});

test("each figure has a file of its own, and no file is left over", () => {
  expect(new Set(names.map(fileOf)).size).toBe(names.length);
  expect(readdirSync(KEPT).sort()).toEqual(names.map(fileOf).sort());
});
