import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Comm, CommData, Comms } from "../../src/core/comm";
import { setHost } from "../../src/core/host";
import { bundle } from "../../src/notebook/bundle";
import { widget } from "../../src/views/custom-widget";
import { VIEW_TARGET, VIEW_TYPE } from "../../src/views/own-front-end";
import { caught } from "../support/caught";

type Opened = Parameters<Comms["accept"]>[1];

/** A channel that notes what is sent, and plays the front end. */
class FakeComm implements Comm {
  readonly id = "x";
  readonly target = VIEW_TARGET;
  readonly sent: CommData[] = [];
  isClosed = false;
  tell: (data: CommData, buffers: readonly Uint8Array[]) => void = () => {};
  leave: () => void = () => {};
  send(data: CommData): void {
    this.sent.push(data);
  }
  close(): void {
    this.isClosed = true;
  }
  onMessage(listener: typeof this.tell): void {
    this.tell = listener;
  }
  onClose(listener: () => void): void {
    this.leave = listener;
  }
}

const ESM = "export default { render({ model, el }) {} }";
let opened: Opened;
let releases: (() => void)[];

beforeEach(() => {
  releases = [];
  setHost({
    signal: () => undefined,
    display: () => ({ id: "", update: () => {} }),
    comms: {
      accept: (_, taker) => {
        opened = taker;
      },
      open: () => new FakeComm(),
      knows: () => true,
    },
    whenGone: (release) => releases.push(release),
  });
});
afterEach(() => setHost(undefined));

function open(id: unknown): FakeComm {
  const comm = new FakeComm();
  opened(comm, { id }, []);
  return comm;
}

describe("a widget in our own front end", () => {
  test("is a bundle of its id and its picture, and of its picture alone outside a notebook", async () => {
    const made = widget({ esm: ESM, picture: async () => "forty-two" });
    expect(await bundle(made)).toEqual({ [VIEW_TYPE]: { id: made.id, version: 1 }, "text/plain": "forty-two" });
    setHost(undefined);
    expect(await bundle(made)).toEqual({ "text/plain": "forty-two" });
  });

  test("is attached to each channel that names it, until the front end leaves", async () => {
    const made = widget({ esm: ESM, state: { a: 1 } });
    await bundle(made);
    const [first, second] = [open(made.id), open(made.id)];
    expect(first.sent).toMatchObject([{ method: "open", esm: ESM, state: { a: 1 } }]);
    first.tell({ method: "update", state: { a: 2 }, buffer_paths: [] }, []);
    expect(made.get("a")).toBe(2);
    expect(second.sent[1]).toMatchObject({ method: "update", state: { a: 2 } });
    first.leave();
    made.set({ a: 3 });
    await expect.poll(() => second.sent.length).toBe(3);
    expect(first.sent.length).toBe(1);
    expect(open("unknown").isClosed).toBe(true);
  });

  test("lives until every cell that showed it has run again", async () => {
    const made = widget({ esm: ESM });
    await bundle(made);
    await bundle(made);
    const comm = open(made.id);
    releases[0]();
    expect([comm.isClosed, open(made.id).isClosed]).toEqual([false, false]);
    releases[1]();
    expect([comm.isClosed, open(made.id).isClosed]).toEqual([true, true]);
    made.set({ a: 1 });
    expect(comm.sent).toHaveLength(1);
  });

  test("lets go of pages that were closed without a word", async () => {
    const made = widget({ esm: ESM });
    await bundle(made);
    const comms = Array.from({ length: 20 }, () => open(made.id));
    expect(comms.map(({ isClosed }) => isClosed)).toEqual(comms.map((_, i) => i < 12));
  });
});

describe("widget()", () => {
  test("refuses a text that draws nothing and a file that is not there", async () => {
    expect((await caught(() => widget({ esm: "<b>hello</b>" }))).message).toContain("export default { render(");
    expect(await caught(() => widget({ esm: "./no-such.mjs" }))).toMatchObject({ tag: "FileError" });
  });
});
