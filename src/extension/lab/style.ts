/** Look of the frame around views, in JupyterLab's own colours. */
const STYLE = `
.specbook-view { font-family: var(--jp-ui-font-family); font-size: var(--jp-ui-font-size1); color: var(--jp-ui-font-color1); padding: 2px 0; }
.specbook-problem { display: flex; gap: 8px; align-items: baseline; margin: 4px 0; padding: 4px 8px; white-space: pre-wrap;
  border-left: 3px solid var(--jp-error-color1); background: var(--jp-layout-color2); color: var(--jp-ui-font-color1); }
.specbook-problem > span { flex: 1; }
.specbook-stale { position: relative; }
.specbook-stale-bar { position: absolute; left: 0; top: 3px; bottom: 3px; width: 8px; cursor: help; z-index: 1;
  border-left: 3px solid var(--jp-warn-color1); }
.specbook-stale-bar.specbook-edited { border-left-style: dotted; }
.specbook-stale-choice { position: absolute; right: 10px; bottom: 4px; z-index: 1; padding: 0 8px; line-height: 18px; cursor: pointer;
  font-family: var(--jp-ui-font-family); font-size: var(--jp-ui-font-size0); color: var(--jp-ui-font-color1);
  background: var(--jp-layout-color2); border: 1px solid var(--jp-warn-color1); border-radius: 9px; }
.specbook-stale-choice:hover { background: var(--jp-layout-color3); }
.specbook-stale-tools { display: flex; align-self: center; }
.specbook-run-stale, .specbook-auto { align-self: center; height: 20px; margin: 0 4px; padding: 0 8px; cursor: pointer; white-space: nowrap;
  font-family: var(--jp-ui-font-family); font-size: var(--jp-ui-font-size1); color: var(--jp-ui-font-color1);
  background: transparent; border: 1px solid var(--jp-warn-color1); border-radius: var(--jp-border-radius, 2px); }
.specbook-run-stale:hover:enabled { background: var(--jp-layout-color2); }
.specbook-run-stale:disabled { color: var(--jp-ui-font-color2); border-color: var(--jp-border-color1); cursor: default; }
.specbook-auto { border-color: var(--jp-border-color1); }
.specbook-auto[aria-pressed=true] { color: var(--jp-ui-inverse-font-color1, white); background: var(--jp-brand-color1);
  border-color: var(--jp-brand-color1); }
.specbook-run-stale[hidden], .specbook-auto[hidden] { display: none !important; }
.specbook-problem > button { border: 0; background: none; color: var(--jp-ui-font-color2); cursor: pointer; }
`;

let isAdded = false;

/** Puts the style sheet into the page, once. */
export function addStyle(): void {
  if (isAdded) return;
  isAdded = true;
  const style = document.createElement("style");
  style.textContent = STYLE;
  document.head.append(style);
}
