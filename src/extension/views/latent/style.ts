/** Style sheet of the latent explorer; every rule is bound to its root, so that it touches nothing else of the page. */
export const STYLE = `
.sb-latent{container-type:inline-size;font:12px/1.4 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;color:var(--sb-ink);padding:6px 2px 8px;max-width:1120px}
.sb-latent *{box-sizing:border-box}
.sb-latent .bar{display:flex;flex-wrap:wrap;align-items:center;gap:4px 14px;margin-bottom:6px;min-height:26px}
.sb-latent label{display:inline-flex;align-items:center;gap:5px;color:var(--sb-muted)}
.sb-latent select,.sb-latent button{font:inherit;color:var(--sb-ink);background:var(--sb-surface);border:1px solid var(--sb-guide);border-radius:4px;padding:2px 6px;height:24px;cursor:pointer}
.sb-latent select:hover,.sb-latent button:hover{border-color:var(--sb-muted)}
.sb-latent :focus-visible{outline:2px solid var(--sb-accent);outline-offset:1px}
.sb-latent .legend{display:inline-flex;align-items:center;gap:6px;color:var(--sb-muted)}
.sb-latent .ramp{width:110px;height:9px;border-radius:2px}
.sb-latent .swatch{width:22px;height:18px;border-radius:2px}
.sb-latent .chip{display:inline-block;width:9px;height:9px;border-radius:50%;margin-right:4px}
.sb-latent .line{display:inline-block;width:16px;height:0;border-top:2px solid;margin-right:5px;vertical-align:middle}
.sb-latent .body{display:grid;grid-template-columns:minmax(0,11fr) minmax(0,13fr);gap:8px 22px}
.sb-latent .plane{position:relative;width:100%;aspect-ratio:1/0.94;max-height:520px;touch-action:none}
.sb-latent .plane canvas{cursor:crosshair}
.sb-latent .below{display:flex;justify-content:space-between;align-items:flex-start;gap:10px;min-height:26px;margin:2px 0 0 2px}
.sb-latent .below button{flex:none}
.sb-latent .note{color:var(--sb-muted);font-variant-numeric:tabular-nums}
.sb-latent .fault{color:var(--sb-fault)}
.sb-latent .heading{display:flex;flex-wrap:wrap;gap:2px 14px;min-height:1.4em;color:var(--sb-muted)}
.sb-latent .heading b{color:var(--sb-ink);font-weight:600}
.sb-latent .spectrum{width:100%;height:236px}
.sb-latent .tiles{display:grid;grid-template-columns:minmax(0,13fr) minmax(0,11fr);gap:6px 14px;margin-top:8px;align-items:start}
.sb-latent .windows{display:grid;grid-template-columns:1fr 1fr;gap:4px 10px;max-width:260px}
.sb-latent figure{margin:0}
.sb-latent figcaption{white-space:nowrap;color:var(--sb-muted);display:flex;justify-content:space-between;align-items:center;gap:6px;min-height:24px}
.sb-latent .tile{width:100%;aspect-ratio:1;border-radius:2px;box-shadow:inset 0 0 0 1px var(--sb-guide)}
.sb-latent .map{width:100%;cursor:crosshair}
.sb-latent .sliders{display:grid;grid-template-columns:auto minmax(60px,1fr) 4.5em;gap:3px 8px;align-items:center;margin-top:4px;color:var(--sb-muted);font-variant-numeric:tabular-nums}
.sb-latent .sliders input{width:100%;accent-color:var(--sb-accent);margin:0}
.sb-latent [hidden]{display:none}
@container (max-width:640px){.sb-latent .body{grid-template-columns:minmax(0,1fr)}}
`;
