import { expect, test } from "vitest";
import { errors } from "../../src/analyse";
import { fit, im2spec } from "../../src/models";
import { shapes, windows } from "../../src/signal";
import { ramp, rampImage } from "../signal/support/clean-up-fixture";

test("an error map of windows with a border rule has a value in every pixel", async () => {
  const pairs = windows(rampImage(6, 7), ramp(6, 7, 16), { size: 4, border: "reflect" });
  const model = im2spec({ ...shapes(pairs), latent: 2, seed: 1 });
  await fit(model, pairs, { epochs: 1, batch: 16, seed: 1 });
  const { map, perSample } = await errors(model, pairs);
  expect(perSample).toHaveLength(42);
  expect(map.shape).toEqual([6, 7]);
  expect([...map.data].every(Number.isFinite)).toBe(true);
});
