import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import type { NativeBackend } from "../../src/engine/engine";
import { createGraph } from "../../src/engine/trace/graph";
import { openSession } from "../../src/engine/trace/session";
import { threadsFor } from "../../src/engine/trace/threads";
import { defaultEngine } from "../support/engines";

test("small products stay on one thread, the more processors the smaller", () => {
  expect(threadsFor(19e6, 2)).toBe(1);
  expect(threadsFor(128e6, 2)).toBe(1);
  expect(threadsFor(153e6, 2)).toBeUndefined();
  expect(threadsFor(128e6, 8)).toBeUndefined();
  expect(threadsFor(Number.POSITIVE_INFINITY, 1)).toBeUndefined();
});

/** The threads that this process gains by a session, and loses with it. */
function threadsOf(native: NativeBackend, threads: number): number {
  const count = () => readdirSync("/proc/self/task").length;
  const graph = createGraph(native.binding);
  graph.constant("one", native.binding.TF_FLOAT, [], Float32Array.of(1));
  graph.after("same", "one", []);
  const before = count();
  const session = openSession(native, graph, threads);
  const gained = count() - before;
  const [same] = session.run([], ["same"]);
  expect([...same.dataSync()]).toEqual([1]);
  same.dispose();
  session.dispose();
  expect(before + gained - count()).toBeGreaterThanOrEqual(threads);
  return gained;
}

test("a session has as many threads as it was told", async ({ skip }) => {
  const { native } = await defaultEngine();
  if (native === undefined || process.platform !== "linux") return skip("needs the native engine, and Linux to count");
  threadsOf(native, 1); // the first session starts what all of them share
  const few = threadsOf(native, 1);
  expect(threadsOf(native, 5)).toBe(few + 4);
  expect(process.env.SPECBOOK_INTRA_OP_THREADS).toBeUndefined();
});
