import { describe, expect, test } from "vitest";
import { axis } from "../../src/data";
import type { PinnedShape } from "../../src/views/explore-messages";
import type { ScanShape } from "../../src/views/scan-shapes";
import { Superseding } from "../../src/views/superseding";
import { loadView } from "../support/page";

interface Asked {
  readonly ask: string;
  readonly id: unknown;
  readonly question: { readonly who: string; readonly channels: readonly [number, number] };
}

const box = (first: number): ScanShape => ({ kind: "rectangle", rows: [first, first + 2], columns: [0, 2] });
const pinned = (...firsts: number[]): PinnedShape[] =>
  firsts.map((first, i) => ({ name: `R${i + 1}`, colour: i, shape: box(first) }));
const soon = () => new Promise((done) => setTimeout(done, 0));

/** A store whose kernel reads slowly: it answers when told so, and only the newest question of each kind. */
async function store(channels = 100) {
  const { Store } = await loadView("explore/store.ts");
  const state: Record<string, unknown> = {
    axes: { energy: axis("energy", channels) },
    pinned: [],
    region: null,
  };
  const asked: Asked[] = [];
  const troubles: string[] = [];
  const superseding = new Superseding();
  const waiting: (() => void)[] = [];
  let listen: (content: object, buffers: readonly DataView[]) => void = () => {};
  const model = {
    get: (name: string) => state[name],
    on: (_: string, listener: typeof listen) => {
      listen = listener;
    },
    send: (content: Asked) => {
      asked.push(content);
      const { id, question } = content;
      const read = async (signal: AbortSignal) => {
        await new Promise<void>((done) => waiting.push(done));
        signal.throwIfAborted();
      };
      void superseding.run(question.who, read).then(
        () => {
          const values = Float32Array.of(1, 2, 3);
          listen({ answer: id, content: { first: question.channels[0], step: 1, pixels: 4 } }, [
            new DataView(values.buffer),
          ]);
        },
        ({ message }: Error) => listen({ answer: id, error: message }, []),
      );
    },
  };
  const listener = {
    spectra: () => {},
    map: () => {},
    image: () => {},
    settled: () => {},
    trouble: (message: string) => troubles.push(message),
  };
  const made = new (Store as never as new (...given: unknown[]) => Store)(model, listener);
  return {
    made,
    state,
    asked,
    troubles,
    /** Lets the kernel answer all that was asked. */
    answer: async () => {
      while (waiting.length > 0) {
        for (const done of waiting.splice(0)) done();
        await soon();
      }
    },
  };
}

interface Store {
  readonly pinned: ReadonlyMap<string, { readonly first: number }>;
  askPinned(): Promise<void>;
  askRegion(shape: ScanShape | null): void;
  look(channels: readonly [number, number]): void;
  curves(): { readonly name: string }[];
}

describe("what explore asks of a slow file", () => {
  test("is no trouble where regions are pinned faster than they are read", async () => {
    const { made, state, asked, troubles, answer } = await store();
    state.pinned = pinned(0);
    void made.askPinned();
    state.pinned = pinned(0, 10);
    void made.askPinned();
    await soon();
    await answer();
    expect(troubles).toEqual([]);
    expect(made.curves().map(({ name }) => name)).toEqual(["R1", "R2"]);
    expect(asked).toHaveLength(2);
  });

  test("are the channels looked at last, also where others were asked for before", async () => {
    const { made, state, troubles, answer } = await store(20_000);
    state.pinned = pinned(0, 10);
    void made.askPinned();
    made.look([1000, 2000]);
    made.look([3000, 4000]);
    await soon();
    await answer();
    expect(troubles).toEqual([]);
    expect([...made.pinned.values()].map(({ first }) => first)).toEqual([3000, 3000]);
  });

  test("does not stand under the name of another region meanwhile", async () => {
    const { made, state, answer } = await store();
    state.region = box(0);
    made.askRegion(box(0));
    await answer();
    expect(made.curves().map(({ name }) => name)).toEqual(["R1"]);
    Object.assign(state, { region: null, pinned: [] });
    made.askRegion(null);
    await answer();
    state.region = box(20);
    made.askRegion(box(20));
    await soon();
    expect(made.curves()).toEqual([]); // not the spectrum of the first one
    await answer();
    expect(made.curves().map(({ name }) => name)).toEqual(["R1"]);
  });
});
