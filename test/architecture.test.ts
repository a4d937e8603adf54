import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { describe, expect, test } from "vitest";

const SRC = resolve(__dirname, "../src");

/** From the ground up: a room imports only from itself and from rooms before it. */
const ROOMS = [
  "core",
  "data",
  "io",
  "signal",
  "simulate",
  "datasets",
  "engine",
  "decompose",
  "cluster",
  "models",
  "analyse",
  "plot",
  "notebook",
  "views",
  "kernel",
  "cli",
];

function files(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    if (statSync(path).isDirectory()) return name === "extension" ? [] : files(path);
    return /\.m?ts$/.test(name) ? [path] : [];
  });
}

interface Import {
  from: string;
  what: string;
  typeOnly: boolean;
}

function imports(path: string): Import[] {
  const text = readFileSync(path, "utf8");
  const pattern = /(?:^|\n)\s*(import|export)(\s+type)?\s[^;]*?from\s+"([^"]+)"|(?:import|require)\("([^"]+)"\)/g;
  return [...text.matchAll(pattern)].map((m) => ({
    from: relative(SRC, path).split(sep).join("/"),
    what: m[3] ?? m[4],
    typeOnly: m[2] !== undefined,
  }));
}

const all = files(SRC).flatMap(imports);
const roomOf = (path: string) => path.split("/")[0];

describe("rooms", () => {
  test("import only what lies below them", () => {
    const wrong = all.filter(({ from, what, typeOnly }) => {
      if (!what.startsWith(".") || !from.includes("/") || typeOnly) return false;
      const target = roomOf(
        relative(SRC, resolve(SRC, from, "..", what))
          .split(sep)
          .join("/"),
      );
      return target !== roomOf(from) && ROOMS.indexOf(target) > ROOMS.indexOf(roomOf(from));
    });
    expect(wrong).toEqual([]);
  });

  test("are all listed here", () => {
    const rooms = new Set(
      all
        .map((i) => i.from)
        .filter((f) => f.includes("/"))
        .map(roomOf),
    );
    expect([...rooms].filter((r) => !ROOMS.includes(r))).toEqual([]);
  });

  test("plot, data and signal touch no TensorFlow; signal, plot and simulate no file system", () => {
    const tensorflow = all.filter(
      (i) => /^(plot|data|signal)\//.test(i.from) && !i.typeOnly && /tensorflow|\/engine/.test(i.what),
    );
    const disk = all.filter((i) => /^(plot|signal|simulate)\//.test(i.from) && /^(node:)?fs/.test(i.what));
    expect([...tensorflow, ...disk]).toEqual([]);
  });
});
