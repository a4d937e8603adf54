/** Style sheet of the view, in the colours of the notebook around it. */
export const STYLE = `
.sb-explore { --ink: var(--jp-ui-font-color1, #22272e); --muted: var(--jp-ui-font-color2, #5b6470);
  --line: var(--jp-border-color2, #d5dae0); --ground: var(--jp-layout-color1, #fff); --hover: var(--jp-layout-color2, #eef0f2);
  --brand: var(--jp-brand-color1, #1976d2);
  color: var(--ink); font: 12px/1.35 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  max-width: 1280px; padding: 2px 2px 6px; position: relative; }
.sb-explore * { box-sizing: border-box; }
.sb-tools { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 10px; margin-bottom: 10px; }
.sb-group { display: inline-flex; border: 1px solid var(--line); border-radius: 6px; overflow: hidden; background: var(--ground); }
.sb-group button { all: unset; box-sizing: border-box; display: inline-flex; align-items: center; gap: 5px; height: 26px; padding: 0 9px;
  cursor: pointer; color: var(--ink); font: inherit; user-select: none; }
.sb-group button + button { border-left: 1px solid var(--line); }
.sb-group button:hover { background: var(--hover); }
.sb-group button:disabled { opacity: 0.4; cursor: default; background: none; }
.sb-group button[aria-pressed=true], .sb-group button[aria-checked=true] { background: color-mix(in srgb, var(--brand) 16%, transparent);
  color: color-mix(in srgb, var(--brand) 78%, var(--ink)); }
.sb-group svg { width: 15px; height: 15px; fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linejoin: round; stroke-linecap: round; }
.sb-group button:focus-visible, .sb-explore select:focus-visible, .sb-chip button:focus-visible { outline: 2px solid var(--brand); outline-offset: -2px; }
.sb-explore select { height: 28px; border: 1px solid var(--line); border-radius: 6px; background: var(--ground); color: var(--ink);
  font: inherit; padding: 0 4px 0 6px; }
.sb-space { flex: 1; }
.sb-panels { display: flex; gap: 20px; align-items: flex-start; }
.sb-panels[data-narrow=true] { flex-wrap: wrap; }
.sb-panel { min-width: 0; }
.sb-panel.sb-map { flex: none; width: var(--map-width); }
.sb-panel.sb-spectrum { flex: 1 1 320px; }
.sb-panel h4 { margin: 0 0 6px; font-size: 13px; font-weight: 600; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; color: var(--ink);
  display: flex; justify-content: space-between; gap: 8px; }
.sb-panel h4 small { font-weight: 400; font-size: 12px; color: var(--muted); font-variant-numeric: tabular-nums; }
.sb-panel .sb-box { height: var(--panel-height); }
.sb-map .sb-box { height: var(--map-height); }
[data-narrow=true] .sb-spectrum { flex-basis: 100%; }
[data-narrow=true] .sb-spectrum .sb-box { height: 260px; }
.sb-spectrum h4 { padding-left: 56px; }
.sb-box canvas { border-radius: 2px; outline: none; touch-action: none; }
.sb-box canvas:focus-visible { box-shadow: 0 0 0 2px var(--brand); }
.sb-foot { display: flex; flex-wrap: wrap; gap: 6px 20px; margin-top: 8px; min-height: 24px; align-items: center; }
.sb-readout { color: var(--muted); font-variant-numeric: tabular-nums; min-height: 17px; flex: none; }
.sb-readout b { font-weight: 500; color: var(--ink); }
.sb-chips { display: flex; flex-wrap: wrap; gap: 6px; margin-left: auto; justify-content: flex-end; }
.sb-chip { display: inline-flex; align-items: center; gap: 6px; height: 22px; padding: 0 8px; border: 1px solid var(--line); border-radius: 11px;
  font-variant-numeric: tabular-nums; white-space: nowrap; }
.sb-chip i { width: 14px; height: 3px; border-radius: 2px; background: currentColor; }
.sb-chip span { color: var(--muted); }
.sb-chip b { font-weight: 400; }
.sb-chip :is(span, b):empty { display: none; }
.sb-chip button { all: unset; cursor: pointer; color: var(--muted); font-size: 14px; line-height: 1; margin-right: -3px; padding: 0 2px; border-radius: 4px; }
.sb-chip button:hover { color: var(--ink); background: var(--hover); }
.sb-pass { position: absolute; left: 2px; right: 2px; top: 33px; height: 2px; background: transparent; overflow: hidden; }
.sb-pass i { display: block; height: 100%; width: 0; background: var(--brand); transition: width 0.15s; }
.sb-trouble { color: var(--jp-error-color1, #c62828); margin-top: 6px; white-space: pre-wrap; }
.sb-trouble:empty { display: none; }
`;
