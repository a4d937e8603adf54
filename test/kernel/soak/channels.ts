import type { CellRun, KernelClient } from "../../support/kernel-client";

/** What a cell of the soak opens towards a page, and what the page does with it. */
export interface Channels {
  readonly code: (i: number) => string;
  /** Plays the page: undefined if all is well, else what was wrong. */
  readonly page: (kernel: KernelClient, run: CellRun, i: number) => Promise<string | undefined>;
}

const BYTES = 1 << 16;
const bytesOf = (i: number) => new Uint8Array(BYTES).fill(i & 255);

const isBytesOf = (i: number, bytes: Uint8Array | undefined) =>
  bytes?.length === BYTES && bytes[0] === (i & 255) && bytes[BYTES - 1] === (i & 255);

/** A cell opens a channel by itself; bytes go both ways; the page closes it. */
export const comm: Channels = {
  code: (i) => `const channel = (globalThis as any)[Symbol.for("specbook.host")].comms.open("soak", { cell: ${i} });
channel.onMessage((data: any, buffers: Uint8Array[]) => channel.send({ echo: data }, buffers));
channel.id as string`,
  page: async (kernel, run, i) => {
    const id = run.result?.slice(1, -1);
    const opened = run.outputs.find(({ type }) => type === "comm_open")?.content;
    if (id === undefined || opened?.comm_id !== id || opened.data.cell !== i) return "no channel";
    const [echo] = await kernel.comm("comm_msg", { comm_id: id, data: { i } }, [bytesOf(i)]);
    if (echo?.content.data.echo?.i !== i || !isBytesOf(i, echo.buffers[0])) return "no echo";
    await kernel.comm("comm_close", { comm_id: id, data: {} });
    return undefined;
  },
};

/** A cell shows a widget; a page draws it, changes it and talks to it. Every other page goes without a word. */
export const widget: Channels = {
  code: (
    i,
  ) => `const view = widget({ esm: "export default { render() {} }", state: { map: new Float32Array(${BYTES / 4}).fill(${i}), x: 0 } });
view.onChange(({ x }) => view.set({ y: Number(x) + 1 }));
view.onMessage((content, [bytes], reply) => reply({ heard: content }, [bytes]));
view`,
  page: async (kernel, run, i) => {
    const shown = run.outputs.at(-1)?.content.data?.["application/vnd.specbook.view+json"];
    if (shown === undefined) return "no view";
    const id = `page ${i}`;
    const [opened] = await kernel.comm("comm_open", { comm_id: id, target_name: "specbook.view", data: shown });
    if (opened?.content.data.method !== "open" || opened.buffers[0]?.length !== BYTES) return "not opened";
    // what listeners of a cell send belongs to that cell, not to the message of the page
    let [isChanged, isAnswered] = [false, false];
    kernel.hear = ({ content, buffers }) => {
      if (content.comm_id !== id) return;
      isChanged ||= content.data?.state?.y === i + 1;
      isAnswered ||= content.data?.content?.heard === i && isBytesOf(i, buffers[0]);
    };
    await kernel.comm("comm_msg", { comm_id: id, data: { method: "update", state: { x: i }, buffer_paths: [] } });
    await kernel.comm("comm_msg", { comm_id: id, data: { method: "custom", content: i } }, [bytesOf(i)]);
    for (let k = 0; k < 200 && !(isChanged && isAnswered); k++) await new Promise((wait) => setTimeout(wait, 5));
    kernel.hear = () => {};
    if (!isChanged || !isAnswered) return `no ${isChanged ? "reply" : "change"}`;
    if (i % 2 === 0) await kernel.comm("comm_close", { comm_id: id, data: {} });
    return undefined;
  },
};

/** Channels that stay open after the cells of these ids were deleted. */
export async function channelsAfter(kernel: KernelClient, deletedCells: readonly string[]): Promise<number> {
  await kernel.run("0", { metadata: { deletedCells } });
  return Object.keys((await kernel.request("comm_info_request", {})).comms).length;
}
