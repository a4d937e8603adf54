// Runs inside the page of JupyterLab (started with expose_app_in_browser): what the tests ask of the open notebook.
globalThis.labPage = {
  panel: () => globalThis.jupyterapp.shell.currentWidget,
  cells: () => labPage.panel().content.widgets.filter((cell) => cell.model.type === "code"),
  sources: () => labPage.cells().map((cell) => cell.model.sharedModel.getSource()),
  setSource: ({ index, source }) => labPage.cells()[index].model.sharedModel.setSource(source),

  /** Charts of each code cell: bundles held by its outputs, drawn by Vega, and pictures shown instead. */
  charts: () =>
    labPage.cells().map((cell) => {
      const outputs = cell.model.outputs.toJSON();
      return {
        held: outputs.filter((output) => output.data?.["application/vnd.vegalite.v5+json"] !== undefined).length,
        drawn: [...cell.node.querySelectorAll(".vega-embed")].filter((chart) => {
          const drawing = chart.querySelector("canvas, svg.marks");
          return drawing !== null && drawing.getBoundingClientRect().height > 20;
        }).length,
        pictures: cell.node.querySelectorAll(".jp-OutputArea-output > img, .jp-RenderedImage img").length,
      };
    }),

  /** Errors and text on stderr of all cells. */
  errors: () =>
    labPage.cells().flatMap((cell) =>
      cell.model.outputs
        .toJSON()
        .filter((output) => output.output_type === "error" || output.name === "stderr")
        .map((output) => `${output.ename ?? output.name}: ${output.evalue ?? output.text}`),
    ),

  /**
   * The room of each code cell in pixels: of its figures, of the characters of a line of code, and what is wider than it:
   * outputs and editors that must be scrolled sideways.
   */
  room: () => {
    const cells = labPage.cells().map(({ node }) => node);
    const padding = (box) =>
      Number.parseFloat(getComputedStyle(box).paddingLeft) + Number.parseFloat(getComputedStyle(box).paddingRight);
    const inner = (box) => box.clientWidth - padding(box);
    const menu = (output) => padding(output.querySelector(".vega-embed")); // its button stands beside the figure
    const charts = cells.flatMap((node) => [...node.querySelectorAll(".jp-OutputArea-output:has(.vega-embed)")]);
    const editors = cells.map((node) => node.querySelector(".cm-scroller")).filter((editor) => editor !== null);
    const lines = cells.map((node) => node.querySelector(".cm-line")).filter((line) => line !== null);
    const character = document.createElement("span");
    character.textContent = "0".repeat(100);
    lines[0].append(character);
    const columns = Math.min(...lines.map(inner)) / (character.getBoundingClientRect().width / 100);
    character.remove();
    return {
      figure: Math.min(...charts.map((output) => inner(output) - menu(output))),
      columns: Math.floor(columns),
      tooWide: [...charts, ...editors]
        .filter((box) => box.scrollWidth > box.clientWidth)
        .map((box) => `${box.scrollWidth} in ${box.clientWidth} pixels: ${box.textContent.trim().slice(0, 80)}`),
    };
  },

  /** Idle, with no cell that waits or runs. */
  idle: () => {
    const panel = globalThis.jupyterapp?.shell?.currentWidget;
    if (!panel?.sessionContext?.session?.kernel?.info) return false;
    const waiting = [...panel.node.querySelectorAll(".jp-InputPrompt")].some((it) => it.textContent.includes("*"));
    return panel.sessionContext.session.kernel.status === "idle" && !waiting;
  },

  /** Takes away the outputs and numbers that the file was saved with. */
  clear: () => globalThis.jupyterapp.commands.execute("notebook:clear-all-cell-outputs"),

  /** Runs the code cells from..to; does not wait. */
  run: ({ from, to }) => {
    const { content } = labPage.panel();
    const cells = labPage.cells();
    content.deselectAll();
    content.activeCellIndex = content.widgets.indexOf(cells[from]);
    if (to > from) content.extendContiguousSelectionTo(content.widgets.indexOf(cells[to]));
    globalThis.jupyterapp.commands.execute("notebook:run-cell");
  },

  save: () => globalThis.jupyterapp.commands.execute("docmanager:save"),

  theme: (theme) => globalThis.jupyterapp.commands.execute("apputils:change-theme", { theme }),
};
