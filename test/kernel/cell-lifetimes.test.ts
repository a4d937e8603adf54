import { expect, test } from "vitest";
import { CellLifetimes } from "../../src/kernel/cell-lifetimes";
import { keepLatest } from "../../src/kernel/keep-latest";
import type { Message } from "../../src/kernel/wire";

const header = { msg_id: "", session: "", username: "", date: "", msg_type: "execute_request", version: "5.3" };
const request = (metadata: Record<string, unknown>): Message => ({
  ...{ ids: [], header, parent: {}, content: {}, buffers: [] },
  metadata,
});

test("what a cell has shown ends when it runs again or is deleted", () => {
  const lifetimes = new CellLifetimes();
  const gone: string[] = [];
  for (const cellId of ["a", "b", "c"]) lifetimes.add(request({ cellId }), () => gone.push(cellId));
  lifetimes.begin(request({ cellId: "b" }));
  expect(gone).toEqual(["b"]);
  lifetimes.begin(request({ cellId: "d", deletedCells: ["a", "b"] }));
  expect(gone).toEqual(["b", "a"]);
});

test("where the front end names no cells, the fifty latest live", () => {
  const lifetimes = new CellLifetimes();
  const gone: number[] = [];
  lifetimes.add(request({ cellId: "named" }), () => gone.push(-1));
  for (let i = 0; i < 60; i++) {
    lifetimes.begin(request({}));
    lifetimes.add(i % 2 === 0 ? request({}) : undefined, () => gone.push(i));
  }
  expect(gone).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("keeps the latest entries of a map and of a set", () => {
  const map = new Map([1, 2, 3, 4].map((n) => [n, "x"]));
  keepLatest(map, 2);
  expect([...map.keys()]).toEqual([3, 4]);
  const set = new Set(["a", "b"]);
  keepLatest(set, 2);
  expect([...set]).toEqual(["a", "b"]);
});
