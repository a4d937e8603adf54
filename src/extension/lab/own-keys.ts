/** JupyterLab's key bindings (Lumino's command registry) stay away from an element that has it. */
const SUPPRESSED = "data-lm-suppress-shortcuts";

/** What takes keys of its own inside a view. */
const CONTROLS = "input, select, button, canvas, [tabindex]";

/**
 * Keys pressed on a control of a view belong to the control: the arrows would else fold headings and choose other cells, and
 * two presses of D delete the cell under a slider. Keys with Ctrl, Alt or Meta, and Enter and Escape, stay JupyterLab's.
 */
export function keepKeys(): void {
  const onKey = (event: KeyboardEvent) => {
    const { target, key } = event;
    if (!(target instanceof Element) || target.closest(".specbook-view") === null || !target.matches(CONTROLS)) return;
    const isLabs = event.ctrlKey || event.altKey || event.metaKey || key === "Enter" || key === "Escape";
    target.toggleAttribute(SUPPRESSED, !isLabs);
  };
  window.addEventListener("keydown", onKey, true); // before JupyterLab, which listens at the document
}
