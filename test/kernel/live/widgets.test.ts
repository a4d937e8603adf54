import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isBuilt } from "../../support/built";
import { KernelClient } from "../../support/kernel-client";

describe.skipIf(!isBuilt)("widgets of cells", () => {
  let kernel: KernelClient;
  const run = (code: string, cellId?: string) => kernel.run(code, cellId === undefined ? {} : { metadata: { cellId } });

  beforeAll(async () => {
    kernel = await KernelClient.start();
    // the collector of garbage, by a name for the cells
    const collect = `import { setFlagsFromString } from "node:v8"; import { runInNewContext } from "node:vm";
setFlagsFromString("--expose-gc"); const collect: () => void = runInNewContext("gc");
const made: WeakRef<object>[] = []; let clicks = 0;`;
    expect((await run(collect)).error).toBeUndefined();
  }, 120_000);
  afterAll(() => kernel?.close());

  const CELL = `const w = widget({ esm: "export default { render() {} }", state: { map: new Float32Array(1 << 20) } });
w.onChange(() => clicks++);
made.push(new WeakRef(w));
w`;

  test("are released with their state when the cell runs again", async () => {
    for (let i = 0; i < 6; i++) {
      const { outputs } = await run(CELL, "a");
      expect(outputs.map(({ type }) => type)).toEqual(i === 0 ? ["execute_result"] : ["comm_close", "execute_result"]);
      const { id } = outputs[outputs.length - 1].content.data["application/vnd.specbook.view+json"];
      const [opened] = await kernel.comm("comm_open", { comm_id: `${i}`, target_name: "specbook.view", data: { id } });
      expect(opened.content.data).toMatchObject({ method: "open", buffer_paths: [["map"]] });
      expect(opened.buffers[0]).toHaveLength(4 << 20);
      await kernel.comm("comm_msg", { comm_id: `${i}`, data: { method: "update", state: { x: i }, buffer_paths: [] } });
    }
    expect((await run("clicks")).result).toBe("6");
    const alive = `for (let i = 0; i < 5; i++) { await new Promise((f) => setTimeout(f, 20)); collect(); }
made.map((one) => one.deref() !== undefined)`;
    expect((await run(alive)).result?.slice(0, 40)).toBe("[ false, false, false, false, false, tru");
    expect(Object.keys((await kernel.request("comm_info_request", { target_name: "specbook.view" })).comms)).toEqual([
      "5",
    ]);
  });

  test("are closed with their cell, and shown by display() as by a last expression", async () => {
    const { outputs } = await run("await display(w); 1", "b");
    expect(outputs[0].content.data["application/vnd.specbook.view+json"]).toMatchObject({ version: 1 });
    expect(outputs[0].content.data["text/plain"]).toBeDefined();
    await kernel.run("2", { metadata: { deletedCells: ["a", "b"] } });
    expect((await kernel.request("comm_info_request", { target_name: "specbook.view" })).comms).toEqual({});
  });
});
