/** Style sheet of the view, in the colours of the notebook around it. */
export const STYLE = `
.sb-parameters { --ink: var(--jp-ui-font-color1, #22272e); --muted: var(--jp-ui-font-color2, #5b6470);
  --line: var(--jp-border-color2, #d5dae0); --ground: var(--jp-layout-color1, #fff); --hover: var(--jp-layout-color2, #eef0f2);
  --brand: var(--jp-brand-color1, #1976d2); --bad: var(--jp-error-color1, #c62828);
  color: var(--ink); font: 13px/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; max-width: 1000px; padding: 2px; }
.sb-parameters * { box-sizing: border-box; }
.sb-parameters .sb-rows { display: grid; grid-template-columns: repeat(auto-fit, minmax(330px, 1fr)); gap: 4px 36px;
  border: 1px solid var(--line); border-radius: 8px; padding: 10px 16px; }
.sb-parameters .sb-row { display: grid; grid-template-columns: minmax(90px, 0.42fr) 1fr; align-items: center; gap: 12px; min-height: 30px; }
.sb-parameters label { color: var(--ink); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.sb-parameters .sb-slide { display: grid; grid-template-columns: 1fr 76px; gap: 10px; align-items: center; }
.sb-parameters[data-units=true] .sb-slide { grid-template-columns: 1fr 76px 26px; }
.sb-parameters .sb-slide small { color: var(--muted); font-size: 12px; margin-left: -4px; }
.sb-parameters input[type=range] { width: 100%; height: 18px; margin: 0; accent-color: var(--brand); cursor: pointer; }
.sb-parameters input[type=text], .sb-parameters select { height: 26px; border: 1px solid var(--line); border-radius: 5px; background: var(--ground);
  color: var(--ink); font: inherit; padding: 0 7px; width: 100%; min-width: 0; font-variant-numeric: tabular-nums; }
.sb-parameters .sb-slide input[type=text] { text-align: right; }
.sb-parameters select { width: auto; min-width: 110px; justify-self: start; padding-right: 2px; }
.sb-parameters input[type=checkbox] { width: 16px; height: 16px; margin: 0; accent-color: var(--brand); justify-self: start; cursor: pointer; }
.sb-parameters :is(input, select, button):focus-visible { outline: 2px solid var(--brand); outline-offset: 1px; }
.sb-parameters input[aria-invalid=true] { border-color: var(--bad); }
.sb-parameters .sb-status { display: flex; align-items: center; gap: 10px; min-height: 26px; margin: 6px 2px; color: var(--muted); font-size: 12px;
  font-variant-numeric: tabular-nums; }
.sb-parameters .sb-status span { flex: 1; }
.sb-parameters .sb-status button { all: unset; cursor: pointer; padding: 2px 9px; border: 1px solid var(--line); border-radius: 6px; color: var(--ink);
  background: var(--ground); }
.sb-parameters .sb-status button:hover { background: var(--hover); }
.sb-parameters .sb-status button[hidden] { display: none; }
.sb-parameters .sb-work { height: 2px; margin: 0 2px; border-radius: 1px; overflow: hidden; background: transparent; }
.sb-parameters[data-state=running] .sb-work { background: var(--hover); }
.sb-parameters[data-state=running] .sb-work::before { content: ""; display: block; height: 100%; width: 30%; border-radius: 1px; background: var(--brand);
  animation: sb-work 1.2s ease-in-out infinite; }
@keyframes sb-work { from { transform: translateX(-100%); } to { transform: translateX(340%); } }
@media (prefers-reduced-motion: reduce) { .sb-parameters .sb-work::before { animation: none !important; width: 100% !important; } }
.sb-parameters .sb-outputs { display: flex; flex-wrap: wrap; gap: 12px; margin-top: 6px; transition: opacity 0.15s; }
.sb-parameters[data-state=running] .sb-outputs { opacity: 0.6; transition-delay: 0.25s; }
.sb-parameters .sb-outputs img { display: block; max-width: 100%; border-radius: 4px; }
.sb-parameters .sb-outputs pre { margin: 4px 2px; font-family: var(--jp-code-font-family, ui-monospace, Menlo, Consolas, monospace); font-size: 12.5px;
  white-space: pre-wrap; color: var(--ink); }
.sb-parameters .sb-trouble { color: var(--bad); white-space: pre-wrap; margin: 4px 2px; }
.sb-parameters .sb-trouble:empty { display: none; }
`;
