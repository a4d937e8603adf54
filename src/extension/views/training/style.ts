/** Style sheet of the training panel; every rule is bound to its root. */
export const STYLE = `
.sb-training{container-type:inline-size;font:12px/1.4 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;color:var(--sb-ink);padding:6px 2px 8px;max-width:1000px}
.sb-training *{box-sizing:border-box}
.sb-training .top{display:flex;flex-wrap:wrap;align-items:center;gap:4px 16px;margin-bottom:6px}
.sb-training h3{margin:0;font-size:14px;font-weight:600}
.sb-training .grow{flex:1}
.sb-training button{font:inherit;color:var(--sb-ink);background:var(--sb-surface);border:1px solid var(--sb-guide);border-radius:4px;padding:2px 9px;height:25px;cursor:pointer}
.sb-training button:hover{border-color:var(--sb-muted)}
.sb-training button:disabled{color:var(--sb-muted);cursor:default}
.sb-training button.stop{border-color:var(--sb-fault);color:var(--sb-fault)}
.sb-training :focus-visible{outline:2px solid var(--sb-accent);outline-offset:1px}
.sb-training .track{height:4px;border-radius:2px;background:var(--sb-guide);overflow:hidden;margin-bottom:8px}
.sb-training .done{height:100%;background:var(--sb-accent);border-radius:2px}
.sb-training .facts{display:flex;flex-wrap:wrap;gap:2px 22px;margin-bottom:6px;color:var(--sb-muted);font-variant-numeric:tabular-nums}
.sb-training .facts b{color:var(--sb-ink);font-weight:600}
.sb-training .body{display:grid;grid-template-columns:minmax(0,13fr) minmax(0,9fr);gap:6px 20px}
.sb-training .body.alone{grid-template-columns:minmax(0,1fr)}
.sb-training .heading{display:flex;flex-wrap:wrap;gap:2px 14px;min-height:24px;align-items:center;color:var(--sb-muted);font-variant-numeric:tabular-nums}
.sb-training .line{display:inline-block;width:16px;height:0;border-top:2px solid;margin-right:5px;vertical-align:middle}
.sb-training .chart{width:100%;height:230px;touch-action:pan-y}
.sb-training .chart canvas{cursor:crosshair}
.sb-training .preview{display:flex;gap:10px;align-items:flex-start}
.sb-training .spectrum{flex:1 1 auto;min-width:0;height:230px}
.sb-training .windows{display:grid;gap:4px;flex:0 0 92px}
.sb-training .windows.wide{flex:1 1 auto;grid-template-columns:1fr 1fr;max-width:360px;gap:10px}
.sb-training figure{margin:0}
.sb-training figcaption{color:var(--sb-muted);white-space:nowrap}
.sb-training .tile{width:100%;aspect-ratio:1}
.sb-training [hidden]{display:none}
@container (max-width:600px){.sb-training .body{grid-template-columns:minmax(0,1fr)}}
`;
