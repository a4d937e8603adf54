import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CellRecord, cellGraph, runOrder, staleCells } from "../../src/kernel/cell-graph";
import { type CellNames, cellNames } from "../../src/kernel/cell-names";
import { typescript } from "../../src/kernel/typescript";

const read = (sources: readonly string[]) => sources.map((source) => cellNames(typescript(), source));
/** Cells that ran once, from top to bottom. */
const ranOnce = (count: number): CellRecord[] =>
  Array.from({ length: count }, (_, i) => ({ runs: [i + 1], isEdited: false }));
const edited = (records: readonly CellRecord[], cell: number) =>
  records.map((record, i) => (i === cell ? { ...record, isEdited: true } : record));
/** The stale cells after `cells`, run once from top to bottom, were run again in this order. */
const staleAfter = (sources: readonly string[], ...again: readonly number[]) => {
  const records = ranOnce(sources.length).map(({ runs }, i) => ({
    runs: [...runs, ...again.flatMap((cell, k) => (cell === i ? [sources.length + k + 1] : []))],
    isEdited: false,
  }));
  return staleCells(cellGraph(read(sources)), records).map(({ cell }) => cell);
};

const NOTEBOOK = [
  "let rate = 0.1; const cfg = { epochs: 5 }; type Row = { x: number }",
  "function makeData(n: number): Row[] { return Array.from({ length: n }, (_, x) => ({ x: x * cfg.epochs })) }\nconst data = makeData(9);",
  "const unrelated = [1, 2, 3].map((x) => x * 2);",
  "let w = 0; for (const { x } of data) w -= rate * x;",
  "const spec = { values: data, title: 'rate ' + rate, w };",
];

describe("the graph", () => {
  test("leads from declarations and changes to those that use them", () => {
    const { sources } = cellGraph(read(NOTEBOOK));
    expect(sources.map((map) => Object.fromEntries(map))).toEqual([
      {},
      { 0: ["Row", "cfg"] },
      {},
      { 1: ["data"], 0: ["rate"] },
      { 1: ["data"], 0: ["rate"], 3: ["w"] },
    ]);
  });

  test("takes the latest declaration above, and every change between", () => {
    const { sources } = cellGraph(read(["let a = 1", "let a = 2", "a = 3", "a.push(4)", "a"]));
    expect([...sources[4].keys()]).toEqual([1, 2, 3]);
  });

  test("sees changes through functions that a cell calls, also through functions of functions", () => {
    const { sources } = cellGraph(
      read(["let w = 0", "function step() { w -= 1 }", "const train = () => { step() }", "train()", "w"]),
    );
    expect([...sources[4].keys()]).toContain(3);
  });

  test("has training change the model", () => {
    expect([...cellGraph(read(["const model = 1", "await fit(model, 2)", "model"])).sources[2].keys()]).toEqual([0, 1]);
  });
});

describe("stale", () => {
  test("is the edited cell and what depends on it, with the reason", () => {
    const graph = cellGraph(read(NOTEBOOK));
    const stale = staleCells(graph, edited(ranOnce(5), 0));
    expect(stale.map(({ cell, isEdited }) => [cell, isEdited])).toEqual([
      [0, true],
      [1, false],
      [3, false],
      [4, false],
    ]);
    expect(stale[1].because.get(0)).toEqual(["Row", "cfg"]);
  });

  test("is nothing but itself when an unrelated cell is edited", () => {
    expect(staleCells(cellGraph(read(NOTEBOOK)), edited(ranOnce(5), 2)).map(({ cell }) => cell)).toEqual([2]);
  });

  test("is what ran before its source ran again, and nothing after a run from top to bottom", () => {
    expect(staleAfter(NOTEBOOK)).toEqual([]);
    expect(staleAfter(NOTEBOOK, 0)).toEqual([1, 3, 4]);
    expect(staleAfter(NOTEBOOK, 0, 1)).toEqual([3, 4]);
    expect(staleAfter(NOTEBOOK, 0, 1, 3, 4)).toEqual([]);
  });

  test("is an earlier reader once a later cell has changed its value again", () => {
    const cells = ["let rate = 0.1", "const shown = rate", "rate *= 2"];
    expect(staleAfter(cells)).toEqual([]);
    expect(staleAfter(cells, 2)).toEqual([1]);
    expect(staleAfter(cells, 2, 1)).toEqual([]);
    expect(staleAfter(cells, 0, 1, 2)).toEqual([]);
  });

  test("is no cell that never ran", () => {
    const records = [{ runs: [1], isEdited: true }, undefined, undefined];
    expect(staleCells(cellGraph(read(["let a = 1", "a", "a"])), records).map(({ cell }) => cell)).toEqual([0]);
  });
});

describe("the order to run", () => {
  test("puts a reader behind a later change, unless the declaration runs again too", () => {
    const graph = cellGraph(read(["let rate = 1", "const shown = rate", "rate = 2"]));
    expect(runOrder(graph, [1, 2])).toEqual([2, 1]);
    expect(runOrder(graph, [0, 1, 2])).toEqual([0, 1, 2]);
  });
});

describe("for any notebook", () => {
  const NAMES = ["a", "b", "c", "d", "e"];
  const some = fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 3 });
  const cell = fc
    .record({ declares: some, reads: some, writes: some })
    .map(({ declares, reads, writes }): CellNames => {
      const own = new Set(declares);
      const outside = (list: readonly string[]) => new Set(list.filter((name) => !own.has(name)));
      return {
        declares: own,
        uses: outside([...reads, ...writes]),
        reads: outside(reads),
        changes: outside(writes),
        functions: new Map(),
        files: new Set(),
        trains: false,
      };
    });
  const notebook = fc.array(cell, { minLength: 1, maxLength: 12 });
  const records = (count: number) =>
    fc.array(
      fc.option(
        fc.record({
          runs: fc
            .uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 3 })
            .map((runs) => runs.sort((p, q) => p - q)),
          isEdited: fc.boolean(),
        }),
        { nil: undefined },
      ),
      { minLength: count, maxLength: count },
    );
  const ranNotebook = notebook.chain((cells) => fc.tuple(fc.constant(cells), records(cells.length)));

  test("edges point upwards and an order holds each cell once, behind its sources", () => {
    fc.assert(
      fc.property(notebook, fc.array(fc.nat(11)), (cells, picked) => {
        const graph = cellGraph(cells);
        graph.sources.forEach((sources, i) => {
          for (const source of sources.keys()) expect(source).toBeLessThan(i);
        });
        const wanted = [...new Set(picked.filter((i) => i < cells.length))];
        const order = runOrder(graph, wanted);
        expect([...order].sort()).toEqual([...wanted].sort());
        order.forEach((at, k) => {
          for (const source of graph.sources[at].keys()) expect(order.slice(k + 1)).not.toContain(source);
        });
      }),
    );
  });

  test("stale is closed: what uses a stale cell and has run is stale too", () => {
    fc.assert(
      fc.property(ranNotebook, ([cells, states]) => {
        const graph = cellGraph(cells);
        const stale = new Set(staleCells(graph, states).map(({ cell }) => cell));
        graph.sources.forEach((sources, i) => {
          if (states[i] !== undefined && [...sources.keys()].some((s) => stale.has(s))) expect(stale).toContain(i);
        });
        states.forEach((state, i) => {
          if (state === undefined) expect(stale).not.toContain(i);
          if (state?.isEdited) expect(stale).toContain(i);
        });
      }),
    );
  });

  test("a run from top to bottom leaves nothing stale, and an edit reaches only what depends on it", () => {
    fc.assert(
      fc.property(notebook, fc.nat(11), (cells, at) => {
        const graph = cellGraph(cells);
        expect(staleCells(graph, ranOnce(cells.length))).toEqual([]);
        const edit = at % cells.length;
        const reached = new Set([edit]);
        graph.sources.forEach((sources, i) => {
          if ([...sources.keys()].some((s) => reached.has(s))) reached.add(i);
        });
        const stale = staleCells(graph, edited(ranOnce(cells.length), edit)).map(({ cell }) => cell);
        expect(new Set(stale)).toEqual(reached);
      }),
    );
  });

  test("running the stale cells in their order leaves none stale, where no cell changes what another declares", () => {
    fc.assert(
      fc.property(ranNotebook, ([all, states]) => {
        const cells = all.map((one) => ({ ...one, uses: one.reads, changes: new Set<string>() }));
        const graph = cellGraph(cells);
        const order = runOrder(
          graph,
          staleCells(graph, states).map(({ cell }) => cell),
        );
        const after = states.map((state, i) => {
          const place = order.indexOf(i);
          return state && place >= 0 ? { runs: [...state.runs, 100 + place], isEdited: false } : state;
        });
        expect(staleCells(graph, after)).toEqual([]);
      }),
    );
  });

  test("a notebook of 500 cells, each using those before it, takes no time", () => {
    const cells = Array.from({ length: 500 }, (_, i): CellNames => {
      const uses = new Set(Array.from({ length: i }, (_, k) => `n${k}`));
      return {
        declares: new Set([`n${i}`]),
        uses,
        reads: uses,
        changes: new Set(),
        functions: new Map(),
        files: new Set(),
        trains: false,
      };
    });
    const start = performance.now();
    expect(runOrder(cellGraph(cells), [3, 499, 7])).toEqual([3, 7, 499]);
    expect(performance.now() - start).toBeLessThan(20_000); // without care: for ever
  });
});
