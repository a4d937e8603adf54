import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { joinUpdates } from "../../src/views/join-updates";
import { packState, unpackState, type WidgetMessage, type WidgetState } from "../../src/views/messages";

let sent: { method: string; state?: Record<string, unknown> }[];
const receive = (message: WidgetMessage, buffers: readonly Uint8Array[]) => {
  const { method } = message;
  sent.push(message.method === "update" ? { method, state: unpackState({ ...message, buffers }) } : { method });
};
const change = (state: WidgetState): [WidgetMessage, readonly Uint8Array[]] => {
  const { buffers, ...packed } = packState(state);
  return [{ method: "update", ...packed }, buffers];
};
const values = () => sent.map(({ method, state }) => (state === undefined ? method : state.n));

describe("changes of a widget that follow each other", () => {
  beforeEach(() => {
    sent = [];
    vi.useFakeTimers();
  });
  afterEach(() => vi.useRealTimers());

  test("are joined: the first goes at once, the last always arrives", () => {
    const send = joinUpdates(receive);
    for (let n = 0; n < 1000; n++) send(...change({ n }));
    expect(values()).toEqual([0]);
    vi.advanceTimersByTime(20);
    expect(values()).toEqual([0, 999]);
    vi.advanceTimersByTime(20);
    send(...change({ n: 7 }));
    expect(values()).toEqual([0, 999, 7]);
  });

  test("stay below a hundred messages a second, also in code that never lets a timer run", () => {
    const send = joinUpdates(receive);
    for (let n = 0; n < 5000; n++) {
      vi.setSystemTime(Date.now() + 1);
      vi.advanceTimersByTime(0);
      send(...change({ n }));
    }
    expect(sent.length).toBeLessThanOrEqual(501);
  });

  test("keep their order with other messages, and the newer of number and bytes", () => {
    const send = joinUpdates(receive);
    send(...change({ n: 0 }));
    send(...change({ n: 1, map: new Float32Array([1]) }));
    send(...change({ map: new Float32Array([2]), other: new Uint8Array([5]) }));
    send(...change({ other: null }));
    send({ method: "custom", content: "after" }, []);
    expect(values()).toEqual([0, 1, "custom"]);
    const { map, other } = sent[1].state ?? {};
    expect((map as DataView).getFloat32(0, true)).toBe(2);
    expect(other).toBeNull();
  });
});
