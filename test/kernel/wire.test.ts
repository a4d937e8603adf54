import { describe, expect, test } from "vitest";
import { createEncoder, decode, type Frame } from "../../src/kernel/wire";

const KEY = "a key";
const bytes = (frames: readonly Frame[]) => frames.map((f) => (typeof f === "string" ? Buffer.from(f) : f));

describe("wire protocol", () => {
  test("gives back what was sent, routing frames and binary buffers too", () => {
    const parent = { msg_id: "7", session: "s", username: "u", date: "d", msg_type: "t", version: "5.3" };
    const frames = createEncoder(
      KEY,
      "session 1",
    )({
      ids: [Buffer.from("route")],
      type: "stream",
      content: { text: "µ – 𝄞" },
      parent,
      metadata: { m: 1 },
      buffers: [new Uint8Array([0, 255])],
    });
    const message = decode(KEY, bytes(frames));
    expect(message.ids.map(String)).toEqual(["route"]);
    expect(message.header).toMatchObject({ msg_type: "stream", session: "session 1", version: "5.3" });
    expect(message.content).toEqual({ text: "µ – 𝄞" });
    expect(message.parent).toEqual(parent);
    expect(message.metadata).toEqual({ m: 1 });
    expect([...message.buffers[0]]).toEqual([0, 255]);
  });

  test("signs header, parent, metadata and content with HMAC-SHA256, not the buffers", () => {
    const frames = bytes(createEncoder(KEY)({ type: "t", content: {}, buffers: [Buffer.from("x")] }));
    const changed = [...frames];
    changed[6] = Buffer.from("another buffer");
    expect(() => decode(KEY, changed)).not.toThrow();
    for (const index of [2, 3, 4, 5]) {
      const forged = [...frames];
      forged[index] = Buffer.from('{"forged":true}');
      expect(() => decode(KEY, forged)).toThrow("wrong signature");
    }
    expect(() => decode("another key", frames)).toThrow("wrong signature");
  });

  test("sends no signature and asks for none where the connection has no key", () => {
    const frames = createEncoder("")({ type: "t", content: { a: 1 } });
    expect(frames[1]).toBe("");
    expect(decode("", bytes(frames)).content).toEqual({ a: 1 });
  });

  test("refuses frames without the delimiter and messages cut short", () => {
    const frames = bytes(createEncoder(KEY)({ type: "t", content: {} }));
    expect(() => decode(KEY, frames.slice(1))).toThrow("too few frames");
    expect(() => decode(KEY, frames.slice(0, 4))).toThrow("too few frames");
  });

  test("gives every message an id of its own", () => {
    const encode = createEncoder(KEY);
    const id = () => decode(KEY, bytes(encode({ type: "t", content: {} }))).header.msg_id;
    expect(new Set([id(), id(), id()]).size).toBe(3);
  });
});
