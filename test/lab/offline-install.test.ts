import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";

interface LockedPackage {
  hasInstallScript?: boolean;
  optional?: boolean;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const lock = JSON.parse(readFileSync(resolve(__dirname, "../../package-lock.json"), "utf8"));
const packages = Object.entries<LockedPackage>(lock.packages);

/**
 * zeromq's install script loads the addon that its package already holds (Linux with glibc or musl, macOS, Windows; x64
 * and arm64) and does nothing else; it compiles only on other platforms. esbuild's (of the build, not of the installed
 * package) puts the program that came as a package of its own in the place of its wrapper.
 */
const PREBUILT = ["node_modules/esbuild", "node_modules/zeromq"];

test("npm ci downloads nothing but packages: no dependency fetches a library when it is installed", () => {
  expect(packages.length).toBeGreaterThan(100);
  const scripts = packages.filter(([, locked]) => locked.hasInstallScript === true && locked.optional !== true);
  expect(scripts.map(([path]) => path)).toEqual(PREBUILT);
});

test("npm ci finds every package locked, those of other platforms too", () => {
  const locked = packages.map(([path]) => path);
  const needed = packages.flatMap(([, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies }),
  );
  expect(needed.filter((name) => !locked.some((path) => path.endsWith(`node_modules/${name}`)))).toEqual([]);
});
