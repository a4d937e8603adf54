import { realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CELLS_TARGET, type CellsAnswer } from "../../../src/core/cells";
import { isBuilt } from "../../support/built";
import { KernelClient } from "../../support/kernel-client";
import { temporaryFolder } from "../../support/temporary-folder";

const directory = realpathSync(temporaryFolder());

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

  test("that moving a control of a panel makes the cells stale that read it, and says so", async () => {
    cells.panel = "const panel = parameters({ epochs: slider(1, 9, { value: 2 }) }); panel";
    cells.reader = "const wanted = panel.value.epochs;";
    const { outputs } = await kernel.run(cells.panel, { metadata: { cellId: "panel" } });
    const { id } = outputs[0].content.data["application/vnd.specbook.view+json"];
    await run("reader");
    await run("use");
    await run("train");
    expect((await ask()).order).toEqual([]);
    await kernel.comm("comm_open", { comm_id: "view", target_name: "specbook.view", data: { id } });
    const move = (epochs: number) =>
      kernel.comm("comm_msg", {
        comm_id: "view",
        data: { method: "custom", content: { ask: "change", id: 1, question: { epochs } } },
      });
    const told: unknown[] = [];
    kernel.hear = ({ header, content }) => {
      if (header.msg_type === "comm_msg" && content.comm_id === "cells" && "changed" in content.data)
        told.push(content.data);
    };
    await move(2); // as it was
    await move(5);
    await expect.poll(() => told, { timeout: 10_000 }).toEqual([{ changed: true }]);
    expect((await ask()).stale).toEqual([
      { id: "reader", isEdited: false, because: [{ id: "panel", names: ["panel"] }], isLong: false },
    ]);
    await run("reader");
    expect((await ask()).order).toEqual([]);
    expect((await kernel.run("wanted")).result).toBe("5");
  });

  test("that what is drawn in a view makes the cells stale that use the view", async () => {
    cells.view = 'const own = widget({ esm: "export default { render() {} }", state: { at: 1 } }); own';
    cells.look = 'const seen = own.get("at");';
    const { outputs } = await kernel.run(cells.view, { metadata: { cellId: "view" } });
    const { id } = outputs[0].content.data["application/vnd.specbook.view+json"];
    await run("look");
    await kernel.comm("comm_open", { comm_id: "own", target_name: "specbook.view", data: { id } });
    await kernel.comm("comm_msg", { comm_id: "own", data: { method: "update", state: { at: 7 }, buffer_paths: [] } });
    expect((await ask()).order).toEqual(["look"]);
    await run("look");
    expect((await kernel.run("seen")).result).toBe("7");
    expect((await ask()).order).toEqual([]);
  });

  test("nothing to a question that is none", async () => {
    for (const data of [{}, { cells: 1 }, { cells: [{ id: 1 }] }]) {
      expect(await kernel.comm("comm_msg", { comm_id: "cells", data })).toEqual([]);
    }
    expect((await ask()).edges.length).toBe(4);
  });
});
