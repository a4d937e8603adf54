import { describe, expect, test } from "vitest";
import { findPackage, resolveExport, splitSpecifier } from "../../src/kernel/package-exports";
import { PACKAGE_ROOT } from "../../src/kernel/package-types";

describe("specifiers", () => {
  test("split into package and subpath, scopes kept together", () => {
    expect(splitSpecifier("vega")).toEqual(["vega", "."]);
    expect(splitSpecifier("h5wasm/node")).toEqual(["h5wasm", "./node"]);
    expect(splitSpecifier("@a/b/c/d")).toEqual(["@a/b", "./c/d"]);
  });

  test.each(["./x", "../x", "/x", "node:fs", "fs", "fs/promises", "https://a.b/c", "C:\\x", "#own"])(
    "%s is no package",
    (specifier) => expect(splitSpecifier(specifier)).toBeUndefined(),
  );
});

describe("the exports of a package", () => {
  const json = {
    exports: {
      ".": { types: "./i.d.ts", node: { import: "./n.mjs", require: "./n.cjs" }, default: "./d.js" },
      "./a": ["./first.js", "./second.js"],
      "./deep/*": "./lib/*.js",
      "./deep/own/*.x": { import: "./own/*.mjs" },
      "./closed": null,
    },
  };
  const resolve = (subpath: string, ...conditions: string[]) => resolveExport(json, subpath, conditions);

  test("are taken in the order of the package, by condition, with default as the rest", () => {
    expect(resolve(".", "types", "node", "import")).toBe("./i.d.ts");
    expect(resolve(".", "node", "import")).toBe("./n.mjs");
    expect(resolve(".", "require", "node")).toBe("./n.cjs");
    expect(resolve(".", "browser")).toBe("./d.js");
  });

  test("may be lists and patterns, the longest pattern wins", () => {
    expect(resolve("./a")).toBe("./first.js");
    expect(resolve("./deep/b/c")).toBe("./lib/b/c.js");
    expect(resolve("./deep/own/q.x", "import")).toBe("./own/q.mjs");
  });

  test("end where the package closes them", () => {
    expect(resolve("./closed")).toBeUndefined();
    expect(resolve("./not-there")).toBeUndefined();
    expect(resolveExport({ exports: "./only.js" }, ".", [])).toBe("./only.js");
    expect(resolveExport({ exports: "./only.js" }, "./x", [])).toBeUndefined();
  });
});

test("a package is found in node_modules of any folder above, and by its own name", () => {
  expect(findPackage("zod", `${PACKAGE_ROOT}/src/kernel`)?.json.name).toBe("zod");
  expect(findPackage("specbook", `${PACKAGE_ROOT}/src/kernel`)?.directory).toBe(PACKAGE_ROOT);
  expect(findPackage("no-such-package", PACKAGE_ROOT)).toBeUndefined();
});
