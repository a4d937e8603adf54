import { announce } from "./announce";
import type { NotebookPanel } from "./jupyter";
import { showStaleCells } from "./stale-cells";
import { drawViews } from "./views";

/** One thing that the extension does for each open notebook; what it returns is called when the notebook is closed. */
// biome-ignore lint/suspicious/noConfusingVoidType: a part may have nothing to tidy up
export type Part = (panel: NotebookPanel) => void | (() => void);

/** Everything that the extension does: one file per part. */
export const PARTS: readonly Part[] = [announce, drawViews, showStaleCells];
