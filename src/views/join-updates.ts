import type { WidgetMessage, WidgetState } from "./messages";
import type { SendToFrontEnd } from "./widget";

const PAUSE = 10;

/**
 * Sends to a front end with changes that follow each other within 10 ms joined into one message: the first goes at once,
 * the last value always arrives. Jupyter's server drops what comes above a thousand messages a second.
 */
export function joinUpdates(send: SendToFrontEnd): SendToFrontEnd {
  let last = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let plain: Record<string, unknown> = {};
  let binary = new Map<string, Uint8Array>();

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (Object.keys(plain).length + binary.size === 0) return;
    const message: WidgetMessage = {
      method: "update",
      state: plain,
      buffer_paths: [...binary.keys()].map((name) => [name]),
    };
    const buffers = [...binary.values()];
    plain = {};
    binary = new Map();
    last = performance.now();
    send(message, buffers);
  };
  const add = (state: WidgetState, paths: readonly string[][], buffers: readonly Uint8Array[]) => {
    for (const [name, value] of Object.entries(state)) {
      plain[name] = value;
      binary.delete(name);
    }
    paths.forEach(([name], i) => {
      delete plain[name];
      binary.set(name, buffers[i]);
    });
  };
  return (message, buffers) => {
    if (message.method !== "update") {
      flush();
      send(message, buffers);
      return;
    }
    add(message.state, message.buffer_paths, buffers);
    if (performance.now() - last >= PAUSE) flush();
    else timer ??= setTimeout(flush, PAUSE);
  };
}
