import { beforeAll, describe, expect, test } from "vitest";
import { predictions } from "../../src/analyse";
import { fit, predictDistribution, type VedModel, ved } from "../../src/models";
import * as plot from "../../src/plot";
import { select } from "../../src/signal";
import { smallModel, smallPairs } from "../models/support/small-pairs";
import { caught } from "../support/caught";

const pairs = smallPairs(24);
const at = [3, 8].map((i) => ({ row: pairs.positions[2 * i], column: pairs.positions[2 * i + 1] }));

describe("predictions with their spread", () => {
  let model: VedModel;
  beforeAll(async () => {
    model = ved({ image: [8, 8, 1], spectrum: 16, encoderFilters: [[4]], decoderFilters: [[4]], seed: 1 });
    await fit(model, pairs, { epochs: 1, batch: 8 });
  });

  test("are mean and standard deviation over the draws, in the units of the data", async () => {
    const { predicted, deviation } = await predictions(model, pairs, { at, draws: 6, seed: 2 });
    const expected = await predictDistribution(model, select(pairs, [3, 8]), { draws: 6, seed: 2 });
    const { offset, range } = pairs.scaling.spectra;
    expect(predicted.data).toMatchArray(
      expected.mean.data.map((v) => offset + range * v),
      { relative: 1e-6 },
    );
    expect(deviation?.data).toMatchArray(
      expected.deviation.data.map((v) => range * v),
      { relative: 1e-6 },
    );
    const { noise } = await predictions(model, pairs, { at, draws: 6, seed: 2 });
    expect(noise).toBeCloseTo(range * (expected.noise as number), 9);
    const other = await predictions(model, pairs, { at, draws: 6, seed: 3 });
    expect(other.predicted.data).not.toEqual(predicted.data);
  });

  test("are of several models too, and absent from one that is not asked for draws", async () => {
    const models = [1, 2].map((seed) => smallModel({ seed }));
    for (const each of models) await fit(each, pairs, { epochs: 1, batch: 8 });
    expect((await predictions(models, pairs, { at })).deviation?.data.every((v) => v > 0)).toBe(true);
    expect((await predictions(model, pairs, { at })).deviation).toBeUndefined();
    expect((await caught(() => predictions([], pairs, { at }))).message).toContain("no model");
    expect((await caught(() => predictions(models[0], pairs, { at, draws: 5 }))).message).toContain("one answer");
    for (const draws of [-5, 2.5]) {
      expect((await caught(() => predictions(model, pairs, { at, draws }))).message).toContain(`draws: ${draws}`);
    }
  });

  test("are drawn as a band, which the figure explains", async () => {
    const shown = async (draws: number) =>
      JSON.stringify(plot.predictions(await predictions(model, pairs, { at, draws })));
    expect(await shown(5)).toContain("2 standard deviations with noise");
    expect(await shown(5)).toContain('"y2"');
    expect(await shown(0)).not.toContain('"y2"');
  });
});
