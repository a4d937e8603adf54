import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { cacheDirectory } from "../../src/core/cache-directory";

const home = "/home/ada";

describe("cacheDirectory", () => {
  test("is SPECBOOK_CACHE on every platform if that is set", () => {
    for (const platform of ["linux", "darwin", "win32"] as const)
      expect(cacheDirectory({ env: { SPECBOOK_CACHE: "cache", XDG_CACHE_HOME: "/x" }, platform, home })).toBe(
        resolve("cache"),
      );
  });

  test("is the platform's own cache folder else", () => {
    const of = (platform: NodeJS.Platform, env = {}) => cacheDirectory({ env, platform, home });
    expect(of("linux")).toBe(join(home, ".cache/specbook"));
    expect(of("linux", { XDG_CACHE_HOME: "/scratch/ada" })).toBe(join("/scratch/ada", "specbook"));
    expect(of("linux", { XDG_CACHE_HOME: "relative" })).toBe(join(home, ".cache/specbook"));
    expect(of("darwin", { XDG_CACHE_HOME: "/scratch/ada" })).toBe(join(home, "Library/Caches/specbook"));
    expect(of("win32", { LOCALAPPDATA: "/local" })).toBe(join("/local", "specbook"));
    expect(of("win32")).toBe(join(home, "AppData/Local/specbook"));
  });
});
