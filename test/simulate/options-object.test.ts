import { expect, test } from "vitest";
import { lowLoss, nanoparticleArray, nanowires, perovskiteInterface, shiftedPeaks } from "../../src/simulate";
import { caught } from "../support/caught";

const simulations: readonly ((options: never) => unknown)[] = [
  lowLoss,
  nanoparticleArray,
  nanowires,
  perovskiteInterface,
  shiftedPeaks,
];

test.each(simulations)("%o refuses a number, a word, a list or null in place of its options", async (make) => {
  for (const slip of [3, "eV", [3], null]) {
    const error = await caught(() => make(slip as never));
    expect([error.tag, error.message]).toEqual([
      "OptionError",
      expect.stringContaining(`${make.name} cannot use these options`),
    ]);
  }
});
