import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type StreamChunk, Streams } from "../../src/kernel/streams";
import type { Message } from "../../src/kernel/wire";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function recorded(): { streams: Streams; chunks: StreamChunk[] } {
  const chunks: StreamChunk[] = [];
  return { streams: new Streams((chunk) => chunks.push(chunk)), chunks };
}
const cell = (id: string) => ({ request: { header: { msg_id: id } } as Message });

test("lines within 20 ms travel in one message", () => {
  const { streams, chunks } = recorded();
  const one = cell("1");
  for (let i = 0; i < 1000; i++) streams.write("stdout", `${i}\n`, one);
  expect(chunks).toHaveLength(0);
  vi.advanceTimersByTime(20);
  expect(chunks).toHaveLength(1);
  expect(chunks[0].text.split("\n")).toHaveLength(1001);
});

test("another stream or another cell sends what is held back first", () => {
  const { streams, chunks } = recorded();
  const one = cell("1");
  streams.write("stdout", "a", one);
  streams.write("stderr", "b", one);
  streams.write("stderr", "c", cell("2"));
  streams.flush();
  expect(chunks.map(({ name, text }) => name + text)).toEqual(["stdouta", "stderrb", "stderrc"]);
});

test("synchronous code, where no timer fires, still sends every 100 ms", () => {
  const { streams, chunks } = recorded();
  const one = cell("1");
  streams.write("stdout", "a", one);
  vi.setSystemTime(Date.now() + 101);
  streams.write("stdout", "b", one);
  expect(chunks.map(({ text }) => text)).toEqual(["ab"]);
});

test("a character that is cut between two chunks arrives whole", () => {
  const { streams, chunks } = recorded();
  const own = { stdout: process.stdout.write, stderr: process.stderr.write };
  streams.capture(() => cell("1"));
  const bytes = Buffer.from("5 \u00b5m");
  for (const byte of bytes) process.stdout.write(Uint8Array.of(byte));
  Object.assign(process.stdout, { write: own.stdout });
  Object.assign(process.stderr, { write: own.stderr });
  streams.flush();
  expect(chunks.map(({ text }) => text).join("")).toBe("5 \u00b5m");
});
