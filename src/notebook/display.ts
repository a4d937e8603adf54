import { SpecbookError } from "../core/errors";
import { currentHost, type DisplayHandle, type Host } from "../core/host";
import { bundle } from "./bundle";

/** A picture in the notebook that can be replaced in place. */
export interface Display {
  readonly id: string;
  /** Replaces what is shown. */
  update(value: unknown): Promise<void>;
}

/**
 * Shows a value now, in the output of the running cell (a cell's last expression is shown anyway).
 *
 * @example
 * const shown = await display(plot.map(image));
 * await shown.update(plot.map(image, { colours: "viridis" }));
 */
export async function display(value: unknown): Promise<Display> {
  const host: Host = currentHost() ?? outside();
  const handle: DisplayHandle = host.display(await bundle(value));
  return { id: handle.id, update: async (next) => handle.update(await bundle(next)) };
}

function outside(): never {
  throw new SpecbookError("OptionError", "there is no notebook to draw in", {
    got: "display() in plain Node",
    needed: 'a cell of the kernel "TypeScript (specbook)"',
    remedy: "run this in a notebook, or write a file: writeFileSync(path, await renderPng(spec))",
  });
}
