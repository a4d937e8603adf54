import { afterEach, expect, test, vi } from "vitest";
import type { CellsAnswer } from "../../src/core/cells";
import { PageElement, stubbedDocument, stubPage } from "../support/page";

const signal = () => ({ connect: () => true, disconnect: () => true });
const runCells = vi.fn(async () => true);

vi.mock("@jupyterlab/notebook", () => ({ NotebookActions: { executed: signal(), runCells } }));
vi.mock("@lumino/widgets", () => ({
  Widget: class {
    readonly node: unknown;
    constructor({ node }: { node: unknown }) {
      this.node = node;
    }
  },
}));

afterEach(() => vi.unstubAllGlobals());

interface Told {
  content: { data: CellsAnswer | { changed: true } };
}

/** A notebook with these cells whose kernel is ours. */
async function open(ids: string[]) {
  stubPage();
  vi.stubGlobal("HTMLElement", PageElement);
  stubbedDocument().head = new PageElement("head");
  let tell: (told: Told) => void = () => {};
  const kernel = {
    isDisposed: false,
    info: Promise.resolve({ implementation: "specbook" }),
    createComm: () => ({
      isDisposed: false,
      open: () => {},
      send: () => {},
      close: () => {},
      set onMsg(listener: typeof tell) {
        tell = listener;
      },
    }),
  };
  const tools: PageElement[] = [];
  const cells = ids.map((id) => ({
    node: new PageElement("div"),
    model: { id, type: "code", sharedModel: { getSource: () => id } },
  }));
  const panel = {
    isDisposed: false,
    content: { widgets: cells },
    sessionContext: { session: { kernel }, kernelChanged: signal(), statusChanged: signal() },
    model: { contentChanged: signal() },
    context: { ready: Promise.resolve() },
    toolbar: { insertBefore: (_: string, __: string, { node }: { node: PageElement }) => tools.push(node) },
  };
  const path = "../../src/extension/lab/stale-cells.ts";
  const { showStaleCells } = await import(/* @vite-ignore */ path);
  const end = showStaleCells(panel);
  await new Promise((done) => setTimeout(done, 0));
  const [, auto] = tools[0].all("button") as (PageElement & { onclick(): void })[];
  return { cells, auto, end, tell: (data: Told["content"]["data"]) => tell({ content: { data } }) };
}

test("Auto rests when the only stale cell has been deleted since the kernel was asked", async () => {
  const { cells, auto, end, tell } = await open(["a", "b"]);
  auto.onclick();
  tell({ changed: true });
  const stale = [{ id: "b", isEdited: false, isLong: false, because: [] }];
  cells.pop();
  tell({ stale, order: ["b"], edges: [] } as unknown as CellsAnswer);
  await new Promise((done) => setTimeout(done, 0)); // a page that runs in circles never gets here
  expect(runCells).not.toHaveBeenCalled();
  end();
}, 10_000);
