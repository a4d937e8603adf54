import type { NotebookPanel } from "./jupyter";
import { addStyle } from "./style";
import { VIEW_TYPE, ViewRenderer } from "./view-renderer";

// In front of every chart and picture of the same bundle.
const RANK = 5;

/** Draws the kernel's interactive views in the outputs of a notebook. */
export function drawViews(panel: NotebookPanel): void {
  addStyle();
  panel.content.rendermime.addFactory({
    safe: true, // the bundle holds no code, only the id of a widget in the kernel
    mimeTypes: [VIEW_TYPE],
    defaultRank: RANK,
    createRenderer: () => new ViewRenderer(panel),
  });
}
