import { expect, test } from "vitest";
import { History } from "../../src/kernel/history";

function filled(): History {
  const history = new History();
  for (const [i, code] of ["a = 1", "b = 2", "a = 1", "f(x)"].entries()) history.add({ count: i + 1, code });
  return history;
}
const lines = (...query: Parameters<History["query"]>) =>
  filled()
    .query(...query)
    .map(([, count]) => count);

test("tail gives the last cells", () => {
  expect(lines({ hist_access_type: "tail", n: 2 })).toEqual([3, 4]);
  expect(lines({ hist_access_type: "tail", n: 0 })).toEqual([]);
});

test("range gives from start up to, not including, stop", () => {
  expect(lines({ hist_access_type: "range", start: 2, stop: 4 })).toEqual([2, 3]);
});

test("search takes * and ?, everything else as written, and each text once if asked", () => {
  expect(lines({ hist_access_type: "search", pattern: "? = *" })).toEqual([1, 2, 3]);
  expect(lines({ hist_access_type: "search", pattern: "f(x)" })).toEqual([4]);
  expect(lines({ hist_access_type: "search", pattern: "a*", unique: true })).toEqual([3]);
  expect(lines({ hist_access_type: "search", pattern: "* = *", n: 1 })).toEqual([3]);
});

test("outputs come along if asked for", () => {
  const history = new History();
  history.add({ count: 1, code: "6 * 7" }).result = "42";
  expect(history.query({ hist_access_type: "tail", n: 1, output: true })).toEqual([[1, 1, ["6 * 7", "42"]]]);
});
