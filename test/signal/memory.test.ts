import { afterEach, expect, test, vi } from "vitest";
import { image, spectrumImage } from "../../src/data";
import { windows } from "../../src/signal";
import { thrown } from "../support/errors";

afterEach(() => vi.unstubAllEnvs());

test("windows refuses, before it starts, what does not fit into memory", () => {
  const ramp = (n: number) => Float32Array.from({ length: n }, (_, i) => i);
  const make = (stride: number) =>
    windows(image(ramp(400), [20, 20]), spectrumImage(ramp(800), [20, 20, 2]), { size: 10, stride });
  vi.stubEnv("SPECBOOK_MEMORY_LIMIT", "20kB"); // 100 windows of 100 pixels take 40 kB, a quarter of them 10 kB
  const error = thrown(() => make(1));
  expect(error).toMatchObject({ tag: "MemoryError" });
  expect(String(error)).toMatch(/100 pairs of 10 x 10 windows[\s\S]*stride: 2/);
  expect(make(2).images.shape[0]).toBe(25);
});
