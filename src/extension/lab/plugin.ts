import { INotebookTracker } from "@jupyterlab/notebook";
import { provideFigureFont } from "./figure-font";
import type { NotebookPanel, NotebookTracker } from "./jupyter";
import { keepKeys } from "./own-keys";
import { PARTS } from "./parts";

/** The plugin that JupyterLab and Notebook 7 activate: every part for every open notebook. */
const plugin = {
  id: "specbook:plugin",
  description: "Interactive views of specbook's kernel.",
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_app: unknown, tracker: NotebookTracker): void => {
    keepKeys();
    provideFigureFont();
    const add = (panel: NotebookPanel) => {
      const ends = PARTS.map((part) => part(panel));
      panel.disposed.connect(() => {
        for (const end of ends) end?.();
      });
    };
    tracker.forEach(add);
    tracker.widgetAdded.connect((_, panel) => add(panel));
  },
};

// biome-ignore lint/style/noDefaultExport: JupyterLab takes the plugin from there
export default plugin;
