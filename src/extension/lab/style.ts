/** Look of the frame around views, in JupyterLab's own colours. */
const STYLE = `
.specbook-view { font-family: var(--jp-ui-font-family); font-size: var(--jp-ui-font-size1); color: var(--jp-ui-font-color1); padding: 2px 0; }
.specbook-problem { display: flex; gap: 8px; align-items: baseline; margin: 4px 0; padding: 4px 8px; white-space: pre-wrap;
  border-left: 3px solid var(--jp-error-color1); background: var(--jp-layout-color2); color: var(--jp-ui-font-color1); }
.specbook-problem > span { flex: 1; }
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
