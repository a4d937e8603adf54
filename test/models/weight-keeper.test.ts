import { describe, expect, test } from "vitest";
import { loadEngine } from "../../src/engine/load";
import type { EarlyStop } from "../../src/models";
import { fitSettings } from "../../src/models/fit-options";
import { im2specArchitecture } from "../../src/models/im2spec-network";
import { createWeightKeeper } from "../../src/models/weight-keeper";
import { smallModel, weightsOf } from "./support/small-pairs";

describe("a run that is to end with its last weights", () => {
  test.each<{ earlyStop?: EarlyStop }>([{}, { earlyStop: { patience: 5 } }])(
    "does not end with lost ones, with the options %j",
    async (more) => {
      const model = smallModel();
      const before = weightsOf(model);
      const settings = fitSettings({ epochs: 2, batch: 8, weights: "last", ...more }, 64, await loadEngine());
      let lost = false;
      const values = () =>
        Object.values(model.parameters).map(({ data }) => (lost ? data.map(() => Number.NaN) : data.slice()));
      const keeper = createWeightKeeper(model, im2specArchitecture.specs(model), settings, values);
      expect(keeper.endEpoch(1, 1)).toBe(true);
      lost = true;
      expect(keeper.endEpoch(2, 1)).toBe(false); // no lower loss than the first epoch's: it is not the best
      expect(weightsOf(model)).toEqual(before);
    },
  );
});
