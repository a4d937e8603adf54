import { describe, expect, test } from "vitest";
import { decode, dualVae, encode, type Model, predict, rvae, segmenter } from "../../src/models";
import { caught } from "../support/caught";
import { smallModel, smallPairs } from "./support/small-pairs";

const pairs = smallPairs(300); // more than one batch of predictions

describe("predict", () => {
  test("is decode after encode, from pairs or from their images", async () => {
    const model = smallModel({ latent: 3 });
    const latent = await encode(model, pairs);
    const spectra = await decode(model, latent);
    expect(latent.shape).toEqual([300, 3]);
    expect(spectra.shape).toEqual([300, 16]);
    const direct = await predict(model, pairs.images);
    expect(direct.data).toMatchArray(spectra.data, { relative: 1e-5 }); // batches of other sizes sum in another order
    expect(direct.data.some((v) => v !== direct.data[0])).toBe(true);
  });

  test("of one sample is its row of all samples", async () => {
    const model = smallModel();
    const all = await predict(model, pairs);
    const row = { data: pairs.images.data.slice(299 * 64), shape: [1, 8, 8, 1] };
    const one = await predict(model, row);
    expect(one.data).toMatchArray(all.data.slice(299 * 16), { relative: 1e-5 });
  });

  test("says what it needs when the sizes are wrong", async () => {
    const model = smallModel();
    const images = await caught(() => encode(model, { data: new Float32Array(32), shape: [2, 4, 4, 1] }));
    expect(images.message).toContain("[n, 8, 8, 1]");
    const latent = await caught(() => decode(model, { data: new Float32Array(9), shape: [3, 3] }));
    expect(latent.message).toContain("[n, 2]");
  });

  test.each<[Model, string]>([
    [dualVae({ image: [4, 4, 1], spectrum: 8, hidden: 4 }), "dualVae({ ...shapes(samples), latent: 2 })"],
    [
      segmenter({ image: [4, 4, 1], classes: ["a", "b"], layers: [1, 1], filters: 2 }),
      "segmenter({ ...shapes(samples), classes:",
    ],
    [rvae({ image: [4, 4, 1], hidden: 4 }), "rvae({ ...shapes(samples), latent: 2 })"],
  ])("names the call that makes the right model", async (model, call) => {
    expect((await caught(() => predict(model, pairs))).message).toContain(call);
  });

  test("stops when asked to", async () => {
    const error = await caught(() => predict(smallModel(), pairs, { signal: AbortSignal.abort() }));
    expect(error.tag).toBe("CancelledError");
  });
});
