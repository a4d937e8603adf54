import type { Message } from "./messages";
import type { Output } from "./notebook-file";

/** Collects the outputs of the cells of one notebook, as Jupyter would show them at the end. */
export interface OutputCollector {
  /** Starts a cell; the messages that follow are its own. */
  begin(): Output[];
  /** Takes one iopub message. */
  take(message: Message): void;
}

type Data = Readonly<Record<string, unknown>>;

/**
 * Follows the rules of the messaging protocol: text of one stream in a row is one output, `update_display_data`
 * replaces every output of that display id (of earlier cells too), `clear_output` empties the cell, at once or before
 * its next output. Display ids and times are not kept: two runs of a notebook give the same file.
 */
export function collectOutputs(): OutputCollector {
  const displays = new Map<string, Output[]>();
  let outputs: Output[] = [];
  let clearNext = false;

  const add = (output: Output) => {
    if (clearNext) outputs.length = 0;
    clearNext = false;
    const last = outputs.at(-1);
    if (output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name) {
      last.text = afterReturns(`${last.text}${output.text}`);
    } else {
      outputs.push(output);
    }
  };

  const takers: Record<string, (content: Data) => void> = {
    stream: ({ name, text }) =>
      add({ output_type: "stream", name: name === "stderr" ? "stderr" : "stdout", text: afterReturns(String(text)) }),
    display_data: (content) => {
      const output: Output = { output_type: "display_data", ...body(content) };
      const id = displayId(content);
      if (id !== undefined) displays.set(id, [...(displays.get(id) ?? []), output]);
      add(output);
    },
    update_display_data: (content) => {
      for (const output of displays.get(displayId(content) ?? "") ?? []) Object.assign(output, body(content));
    },
    execute_result: (content) =>
      add({ output_type: "execute_result", execution_count: Number(content.execution_count), ...body(content) }),
    error: ({ ename, evalue, traceback }) =>
      add({
        output_type: "error",
        ename: String(ename),
        evalue: String(evalue),
        traceback: (traceback as string[]).map(String), // the protocol: a list of lines
      }),
    clear_output: ({ wait }) => {
      if (wait === true) clearNext = true;
      else outputs.length = 0;
    },
  };

  return {
    begin: () => {
      clearNext = false;
      outputs = [];
      return outputs;
    },
    take: (message) => takers[message.header.msg_type]?.(message.content),
  };
}

function body(content: Data): { data: Data; metadata: Data } {
  return { data: content.data as Data, metadata: (content.metadata as Data) ?? {} }; // as the protocol says
}

function displayId(content: Data): string | undefined {
  const id = (content.transient as Data | undefined)?.display_id;
  return typeof id === "string" ? id : undefined;
}

/** What a terminal shows: a carriage return starts its line anew. */
function afterReturns(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(/[^\n]*\r(?=[^\n])/g, "");
}
