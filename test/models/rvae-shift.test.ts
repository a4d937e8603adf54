import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadEngine } from "../../src/engine/load";
import { decode, posterior, predict } from "../../src/models";
import { type RvaeModel, rvae } from "../../src/models/rvae";
import { quarterTurn } from "./support/blobs";
import { unit } from "./support/random-arrays";

let tensorsBefore = 0;
beforeAll(async () => {
  tensorsBefore = (await loadEngine()).tf.memory().numTensors;
});
afterAll(async () => expect((await loadEngine()).tf.memory().numTensors).toBe(tensorsBefore));

/** A model whose encoder gives every image this pose, in units of its latents, and content 0. */
function posed(angle: number, shift: readonly [number, number]): RvaeModel {
  const model = rvae({ image: [6, 6, 2], hidden: 12, shiftPrior: 0.2, seed: 3 });
  for (const part of ["fc11", "fc12"]) model.parameters[`encoder_net.${part}.weight`].data.fill(0);
  model.parameters["encoder_net.fc11.bias"].data.set([angle, ...shift, 0, 0]);
  model.parameters["encoder_net.fc12.bias"].data.set([0, Math.log(0.5), 0, 0, 0]);
  return model;
}

describe("the posterior of a posed image", () => {
  test("gives how far its content is moved, rows down and columns to the right, in units of half the window", async () => {
    const images = unit(4, 1, 6, 6, 2);
    const straight = await decode(posed(0, [0, 0]), { data: new Float32Array(2), shape: [1, 2] });
    const views = [straight, quarterTurn(straight)];
    for (const [quarters, pose] of [[0, [2, -4]] as const, [1, [2, -4]] as const, [1, [-4, -2]] as const]) {
      const model = posed((quarters * Math.PI) / 2, pose); // a pixel is 2 / 5, two units of the shift's latents
      const { data } = await predict(model, images);
      const { shift } = await posterior(model, images);
      const [down, right] = Array.from(shift?.data ?? [], (value) => Math.round(value / (2 / 5)));
      expect([Math.abs(down), Math.abs(right)].sort()).toEqual([1, 2]);
      const content = views[quarters].data;
      let compared = 0;
      for (let row = 0; row < 6; row++) {
        for (let column = 0; column < 6; column++) {
          const [to, across] = [row + down, column + right];
          if (to < 0 || to > 5 || across < 0 || across > 5) continue;
          const seen = data.slice(2 * (to * 6 + across), 2 * (to * 6 + across) + 2);
          expect(seen).toMatchArray(content.slice(2 * (row * 6 + column), 2 * (row * 6 + column) + 2), {
            relative: 1e-4, // float32
          });
          compared++;
        }
      }
      expect(compared).toBe(20);
    }
  });

  test("gives the spread of the shift along rows and columns of the window", async () => {
    const images = unit(4, 1, 6, 6, 2);
    const upright = await posterior(posed(0, [1, 2]), images);
    expect(upright.shiftDeviation?.data).toMatchArray([0.1, 0.2], { relative: 1e-6 });
    const turned = await posterior(posed(Math.PI / 2, [1, 2]), images);
    expect(turned.angle).toMatchArray([Math.PI / 2], { relative: 1e-6 });
    expect(turned.shiftDeviation?.data).toMatchArray([0.2, 0.1], { relative: 1e-6 });
  });
});
