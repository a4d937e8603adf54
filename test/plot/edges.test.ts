import { describe, expect, test } from "vitest";
import { axis } from "../../src/data";
import { featureGuides } from "../../src/plot/features";

describe("features", () => {
  const energy = axis("energy", 1024, { units: "eV", offset: 0, scale: 1 });
  const names = (features: number[]) => featureGuides(energy, features).map(({ text }) => text);

  test("carry the energies that were given, not rounded ones", () => {
    expect(names([15.5, 10.25, 532.5, 640])).toEqual(["15.5", "10.25", "532.5", "640 eV"]);
    expect(names([0.5, 3, 1.125])).toEqual(["0.50", "3.00", "1.125 eV"]);
  });
});
