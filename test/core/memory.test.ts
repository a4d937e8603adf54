import { totalmem } from "node:os";
import { afterEach, describe, expect, test, vi } from "vitest";
import { checkMemory, formatBytes, memoryLimit } from "../../src/core/memory";

afterEach(() => vi.unstubAllEnvs());

describe("checkMemory", () => {
  test("lets a small request pass and refuses one beyond the machine", () => {
    checkMemory(1e6, "an image", "Crop it.");
    expect(() => checkMemory(2 * totalmem(), "the windows", "Use a larger stride.")).toThrow(
      expect.objectContaining({ tag: "MemoryError", remedy: "Use a larger stride." }),
    );
  });

  test("refuses sizes that overflowed", () => {
    for (const bytes of [Number.NaN, Number.POSITIVE_INFINITY, -4])
      expect(() => checkMemory(bytes, "x", "y")).toThrow(/Not enough memory for x/);
  });

  test("follows SPECBOOK_MEMORY_LIMIT", () => {
    vi.stubEnv("SPECBOOK_MEMORY_LIMIT", "10kB");
    checkMemory(10_000, "x", "y");
    expect(() => checkMemory(10_001, "x", "y")).toThrow(/at most 10.0 kB/);
  });
});

describe("memoryLimit", () => {
  test("is three quarters of the memory at most", () => {
    expect(memoryLimit("")).toBeLessThanOrEqual(0.75 * totalmem());
    expect(memoryLimit("")).toBeGreaterThan(0);
  });

  test("reads bytes, decimal and binary units", () => {
    const sizes = ["1000", "8GB", "8 g", "4GiB", "1.5MB", "1KiB", "2e9"].map(memoryLimit);
    expect(sizes).toEqual([1000, 8e9, 8e9, 4 * 1024 ** 3, 1.5e6, 1024, 2e9]);
  });

  test("refuses what is no size", () => {
    for (const text of ["much", "-5GB", "0", "5 GBytes"])
      expect(() => memoryLimit(text)).toThrow(expect.objectContaining({ tag: "OptionError" }));
  });
});

describe("formatBytes", () => {
  test("uses three digits at most and the nearest unit", () => {
    const texts = [0, 999, 1000, 1536, 999_499, 999_600, 274_000_871, 2.1e9].map(formatBytes);
    expect(texts).toEqual(["0 bytes", "999 bytes", "1.0 kB", "1.5 kB", "999 kB", "1.0 MB", "274 MB", "2.1 GB"]);
  });
});
