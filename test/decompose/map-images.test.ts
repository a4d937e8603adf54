import { expect, test } from "vitest";
import { axis } from "../../src/data";
import { mapImages, type NmfResult } from "../../src/decompose";

test("the maps of a decomposition become images with the scan's axes", () => {
  const axes = {
    y: axis("y", 2, { units: "nm" }),
    x: axis("x", 3, { units: "nm", scale: 0.5 }),
    energy: axis("energy", 4),
  };
  const result: NmfResult = {
    kind: "nmf",
    maps: { data: Float32Array.from({ length: 12 }, (_, i) => i), shape: [2, 2, 3] },
    endmembers: { data: new Float32Array(8), shape: [2, 4] },
    error: 0,
    trace: [],
    objective: { name: "half squared difference", iterations: [], values: [] },
    converged: true,
    axes,
    options: { components: 2, seed: 0 },
    metadata: { sample: "array", quantity: "Counts", units: "counts" },
    history: [],
  };
  const images = mapImages(result);
  expect(images.map(({ shape }) => shape)).toEqual([
    [2, 3],
    [2, 3],
  ]);
  expect([...images[1].data]).toEqual([6, 7, 8, 9, 10, 11]);
  expect(images[1].axes).toEqual({ y: axes.y, x: axes.x });
  expect(images[1].metadata).toEqual({ sample: "array", quantity: "Abundance" });
  expect(images[1].history.at(-1)).toMatchObject({ operation: "mapImages", options: { component: 1 } });
  images[0].data.fill(9); // a copy: the result stays as it was
  expect(result.maps.data[0]).toBe(0);
});
