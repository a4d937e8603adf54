import { mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CELLS_TARGET, type CellsAnswer } from "../../../src/core/cells";
import { isBuilt } from "../../support/built";
import { KernelClient } from "../../support/kernel-client";

const directory = realpathSync(mkdtempSync(join(tmpdir(), "specbook-stale-")));

// The kernel's answers on the channel that the JupyterLab extension asks on.
describe.skipIf(!isBuilt)("the kernel says of a notebook's cells", () => {
  let kernel: KernelClient;
  const cells: Record<string, string> = {
    hyper: "const hp = { epochs: 2 };",
    use: "import { offset } from './offset';\nconst shown = hp.epochs + offset;",
    other: "const other = 1;",
    train: "const fit = async (model: object, n: number) => n; await fit({}, shown);",
  };

  beforeAll(async () => {
    writeFileSync(join(directory, "offset.ts"), "export const offset: number = 1;\n");
    kernel = await KernelClient.start({ cwd: directory });
    await kernel.comm("comm_open", { comm_id: "cells", target_name: CELLS_TARGET, data: {} });
    for (const id of Object.keys(cells)) await run(id);
  }, 120_000);
  afterAll(() => kernel?.close());

  async function run(id: string): Promise<void> {
    const { error } = await kernel.run(cells[id], { metadata: { cellId: id } });
    expect(error).toBeUndefined();
  }
  async function ask(changed: Record<string, string> = {}): Promise<CellsAnswer> {
    const all = Object.entries({ ...cells, ...changed }).map(([id, source]) => ({ id, source }));
    const [message] = await kernel.comm("comm_msg", { comm_id: "cells", data: { cells: all } });
    return message.content.data;
  }

  test("from which cells they take names, and that none is stale after a run", async () => {
    const { edges, stale } = await ask();
    expect(edges).toEqual([
      { from: "hyper", to: "use", names: ["hp"] },
      { from: "use", to: "train", names: ["shown"] },
    ]);
    expect(stale).toEqual([]);
  });

  test("which are stale after an edit, why, in which order to run them, and that training takes long", async () => {
    const { stale, order } = await ask({ hyper: "const hp = { epochs: 3 };" });
    expect(stale).toEqual([
      { id: "hyper", isEdited: true, because: [], isLong: false },
      { id: "use", isEdited: false, because: [{ id: "hyper", names: ["hp"] }], isLong: false },
      { id: "train", isEdited: false, because: [{ id: "use", names: ["shown"] }], isLong: true },
    ]);
    expect(order).toEqual(["hyper", "use", "train"]);
    expect((await ask({ other: "const other = 2;" })).order).toEqual(["other"]);
    expect((await ask()).stale).toEqual([]); // typed back
  });

  test("that those are stale which ran before their source ran again", async () => {
    await run("hyper");
    expect((await ask()).order).toEqual(["use", "train"]);
    await run("use");
    expect((await ask()).order).toEqual(["train"]);
    await run("train");
    expect((await ask()).order).toEqual([]);
  });

  test("that a change of an imported file makes its cells stale", async () => {
    writeFileSync(join(directory, "offset.ts"), "export const offset: number = 100;\n");
    expect((await ask()).order).toEqual(["use", "train"]);
  });

  test("nothing to a question that is none", async () => {
    for (const data of [{}, { cells: 1 }, { cells: [{ id: 1 }] }]) {
      expect(await kernel.comm("comm_msg", { comm_id: "cells", data })).toEqual([]);
    }
    expect((await ask()).edges.length).toBe(2);
  });
});
