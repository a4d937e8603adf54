import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Comm, type CommData, type CommOpenOptions, type Comms, FRONT_END_TARGET } from "../../src/core/comm";
import { setHost } from "../../src/core/host";
import { bundle } from "../../src/notebook/bundle";
import { ANYWIDGET_TYPE } from "../../src/views/anywidget";
import { widget } from "../../src/views/custom-widget";
import { VIEW_TYPE } from "../../src/views/own-front-end";

type Told = { data: CommData; buffers: readonly Uint8Array[] };
interface FakeComm extends Comm {
  readonly sent: Told[];
  readonly opened: CommOpenOptions & { data: CommData };
  isClosed: boolean;
  tell(data: CommData, buffers?: readonly Uint8Array[]): void;
}

const ESM = "export default { render({ model, el }) {} }";
let known: string[];
let comms: FakeComm[];
let takers: Map<string, Parameters<Comms["accept"]>[1]>;
let release: (() => void)[];

function fakeComm(target: string, opened: FakeComm["opened"]): FakeComm {
  let listen: Parameters<Comm["onMessage"]>[0] = () => {};
  const comm: FakeComm = {
    id: randomUUID(),
    target,
    opened,
    sent: [],
    isClosed: false,
    send: (data, buffers = []) => void comm.sent.push({ data, buffers }),
    close: () => {
      comm.isClosed = true;
    },
    onMessage: (listener) => {
      listen = listener;
    },
    onClose: () => {},
    tell: (data, buffers = []) => listen(data, buffers),
  };
  comms.push(comm);
  return comm;
}

beforeEach(() => {
  [known, comms, release] = [["jupyter.widget.control"], [], []];
  takers = new Map();
  setHost({
    signal: () => undefined,
    display: () => ({ id: "", update: () => {} }),
    comms: {
      accept: (target, taker) => void takers.set(target, taker),
      open: (target, data, options = {}) => fakeComm(target, { data, ...options }),
      knows: (target) => known.includes(target),
    },
    whenGone: (end) => void release.push(end),
  });
});
afterEach(() => setHost(undefined));

describe("a widget where anywidget draws and our extension does not", () => {
  test("opens a channel with its module, its style and its state", async () => {
    const made = widget({ esm: ESM, css: "b {}", state: { n: 1, map: new Uint8Array([1, 2]) } });
    const shown = await bundle(made);
    expect(shown[ANYWIDGET_TYPE]).toEqual({ version_major: 2, version_minor: 0, model_id: comms[0].id });
    expect(shown[VIEW_TYPE]).toBeDefined();
    const { data, metadata, buffers } = comms[0].opened;
    expect(metadata).toEqual({ version: "2.1.0" });
    expect(data).toMatchObject({
      buffer_paths: [["map"]],
      state: { n: 1, _esm: ESM, _css: "b {}", _model_name: "AnyModel" },
    });
    expect(buffers?.map((bytes) => [...bytes])).toEqual([[1, 2]]);
    await bundle(made);
    expect(comms).toHaveLength(1); // shown twice, one model
  });

  test("is left to our extension where that has said that it is there, and to the picture where nothing is", async () => {
    known.push(FRONT_END_TARGET);
    expect(Object.keys(await bundle(widget({ esm: ESM })))).toEqual([VIEW_TYPE, "text/plain"]);
    known = [];
    expect(Object.keys(await bundle(widget({ esm: ESM })))).toEqual([VIEW_TYPE, "text/plain"]);
    expect(comms).toHaveLength(0);
  });

  test("takes updates, requests and messages, and answers", async () => {
    const made = widget({ esm: ESM, state: { n: 1 } });
    made.onMessage((content, bytes, reply) => reply({ heard: content }, bytes));
    await bundle(made);
    const [comm] = comms;
    comm.tell({ method: "update", state: { n: 5 } }); // ipywidgets sends no paths where there are none
    expect(made.get("n")).toBe(5);
    comm.tell({ method: "custom", content: "hi" }, [new Uint8Array([9])]);
    expect(comm.sent.at(-1)).toEqual({
      data: { method: "custom", content: { heard: "hi" } },
      buffers: [new Uint8Array([9])],
    });
    comm.tell({ method: "request_state" });
    expect(comm.sent.at(-1)?.data).toMatchObject({ method: "update", state: { n: 5, _esm: ESM } });
    made.set({ n: 6 });
    expect(comm.sent.at(-1)?.data).toEqual({ method: "update", state: { n: 6 }, buffer_paths: [] });
  });

  test("is given back to a page that was loaded anew, and ends when its cells have run again", async () => {
    const made = widget({ esm: ESM, state: { n: 2, map: new Uint8Array([3]) } });
    await bundle(made);
    const control = fakeComm("jupyter.widget.control", { data: {} });
    const ask = () => {
      takers.get("jupyter.widget.control")?.(control, {}, []);
      control.tell({ method: "request_states" });
      return control.sent.at(-1) as Told;
    };
    const { data, buffers } = ask();
    const { states, buffer_paths } = data as unknown as { states: Record<string, object>; buffer_paths: unknown };
    const id = comms[0].id;
    expect(states[id]).toMatchObject({ model_name: "AnyModel", model_module: "anywidget", state: { n: 2, _esm: ESM } });
    expect(buffer_paths).toContainEqual([id, "state", "map"]);
    expect(buffers).toContainEqual(new Uint8Array([3]));
    for (const end of release) end();
    expect(comms[0].isClosed).toBe(true);
    expect((ask().data as { states: object }).states).not.toHaveProperty([id]);
  });
});
