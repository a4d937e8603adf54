import { NotebookActions } from "@jupyterlab/notebook";
import { Widget } from "@lumino/widgets";
import type { CellsAnswer, StaleCellState } from "../../core/cells";
import { CellsChannel } from "./cells-channel";
import type { LabCell, NotebookPanel } from "./jupyter";
import { StaleMark } from "./stale-mark";
import { addStyle } from "./style";

const QUIET_MS = 400; // after the last key
const ITEM = "specbook-run-stale";

/**
 * Marks the cells whose outputs are stale, and offers to run them in the order of their dependencies. Cells that train are
 * left out until a click allows them.
 */
export function showStaleCells(panel: NotebookPanel): () => void {
  addStyle();
  const marks = new Map<string, StaleMark>();
  const allowed = new Set<string>();
  let answer: CellsAnswer | undefined;
  let asked = "";
  let timer: ReturnType<typeof setTimeout> | undefined;

  const codeCells = () => panel.content.widgets.filter(({ model }) => model.type === "code");
  const ask = (again = false) => {
    if (panel.isDisposed) return;
    const cells = codeCells().map(({ model }) => ({ id: model.id, source: model.sharedModel.getSource() }));
    const text = JSON.stringify(cells);
    if (text === asked && !again) return; // outputs change the content too
    if (channel.ask({ cells })) asked = text;
  };
  let isChanged = false; // by hand, in a view, since the kernel was asked
  let isToFollow = false; // by hand, and the cells that depend on it did not run since
  let isRunning = false;
  const askSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      ask(isChanged);
      isChanged = false;
    }, QUIET_MS);
  };
  const onContent = () => askSoon();
  const onChange = () => {
    isChanged = true;
    isToFollow = true;
    auto.hidden = false;
    askSoon();
  };
  const onExecuted = (_: unknown, { notebook }: { readonly notebook: unknown }) => {
    if (notebook === panel.content) ask(true);
  };

  const button = document.createElement("button");
  button.className = "specbook-run-stale";
  button.hidden = true;
  const auto = autoButton();
  const node = document.createElement("div");
  node.className = "specbook-stale-tools";
  node.append(button, auto);
  const item = new Widget({ node });

  const show = () => {
    const cells = new Map(codeCells().map((cell) => [cell.model.id, cell]));
    const stale = new Map((answer?.stale ?? []).map((state) => [state.id, state]));
    for (const [id, mark] of marks) {
      if (stale.has(id) && cells.has(id)) continue;
      mark.remove();
      marks.delete(id);
    }
    for (const id of allowed) if (!stale.has(id)) allowed.delete(id); // it has run: asked anew the next time
    const runs = new Set(toRun(answer, allowed));
    for (const [id, state] of stale) {
      const cell = cells.get(id);
      if (cell === undefined) continue;
      let mark = marks.get(id);
      if (mark === undefined) {
        mark = new StaleMark(cell.node, () => {
          if (!allowed.delete(id)) allowed.add(id);
          show();
        });
        marks.set(id, mark);
      }
      mark.show({ reason: reasonOf(state, cells), isEdited: state.isEdited, isLong: state.isLong, runs: runs.has(id) });
    }
    const count = runs.size;
    const skipped = stale.size - count;
    button.hidden = stale.size === 0;
    button.disabled = count === 0;
    button.textContent = count === 1 ? "Run 1 stale cell" : `Run ${count} stale cells`;
    button.title = `Run the cells whose outputs are stale, each after those it depends on${
      skipped === 0 ? "" : `. ${skipped} skipped: they train, or wait for one that does; allow them at the cell`
    }`;
  };
  const run = async () => {
    const cells = new Map(codeCells().map((cell) => [cell.model.id, cell]));
    const chosen = toRun(answer, allowed).flatMap((id) => cells.get(id) ?? []);
    isToFollow = false;
    if (chosen.length === 0) return; // deleted since the kernel was asked
    const focused = document.activeElement;
    const done = NotebookActions.runCells(panel.content, chosen, panel.sessionContext);
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true }); // a control that is being moved keeps it
    isRunning = true;
    await done.catch(() => false);
    isRunning = false;
  };
  const follow = () => {
    if (auto.ariaPressed !== "true" || !isToFollow || isRunning || button.disabled) return;
    void run().then(follow);
  };
  const channel = new CellsChannel(
    panel,
    (given) => {
      answer = given;
      show();
      follow();
    },
    () => ask(true),
    onChange,
  );

  button.onclick = () => void run();
  auto.onclick = () => {
    auto.ariaPressed = String(auto.ariaPressed !== "true");
    follow();
  };
  NotebookActions.executed.connect(onExecuted);
  void panel.context.ready.then(() => {
    if (panel.isDisposed) return;
    panel.model?.contentChanged.connect(onContent);
    if (!panel.toolbar.insertBefore("spacer", ITEM, item)) panel.toolbar.addItem(ITEM, item);
    ask();
  });
  return () => {
    clearTimeout(timer);
    NotebookActions.executed.disconnect(onExecuted);
    channel.close();
    for (const mark of marks.values()) mark.remove();
  };
}

/** Off at first: whether moving a control runs what depends on it without a click. */
function autoButton(): HTMLButtonElement {
  const button = document.createElement("button");
  button.className = "specbook-auto";
  button.hidden = true; // until something was moved
  button.textContent = "Auto";
  button.ariaPressed = "false";
  button.title =
    "Run stale cells by themselves whenever something is moved or drawn in a view; those that train wait for a click";
  return button;
}

/** The stale cells that a click runs, in order: without long ones that nobody allowed, and what depends on these. */
export function toRun(answer: CellsAnswer | undefined, allowed: ReadonlySet<string>): string[] {
  if (answer === undefined) return [];
  const skipped = new Set(answer.stale.filter(({ id, isLong }) => isLong && !allowed.has(id)).map(({ id }) => id));
  for (const id of skipped) {
    for (const { from, to } of answer.edges) if (from === id) skipped.add(to); // a set that grows is walked to its end
  }
  return answer.order.filter((id) => !skipped.has(id));
}

function reasonOf({ isEdited, because }: StaleCellState, cells: ReadonlyMap<string, LabCell>): string {
  const number = (id: string) => cells.get(id)?.model.executionCount;
  const where = (id: string) => (number(id) ? `cell [${number(id)}]` : "another cell");
  const others = because.map(({ id, names }) =>
    names.length > 0 ? `${names.join(", ")} of ${where(id)}` : `what ${where(id)} changes`,
  );
  const words = isEdited ? ["edited after it ran"] : [];
  if (others.length > 0) words.push(`uses ${others.join("; ")}`);
  return `Stale: ${words.join(", and ")}`;
}
