import type { Axis } from "../../../data";
import { BAR_ROOM } from "./map-panel";

const GAP = 20;
/** Below this width (CSS pixels) the spectrum goes under the maps. */
const NARROW = 760;

/** Gives maps and spectrum their sizes, now and whenever the width of the view changes; returns what ends that. */
export function layOut(
  root: HTMLElement,
  panels: HTMLElement,
  axes: { readonly y: Axis; readonly x: Axis },
  maps: number,
): () => void {
  const isSquare = axes.y.units === axes.x.units;
  const aspect = (axes.y.size / axes.x.size) * (isSquare ? Math.abs(axes.y.scale / axes.x.scale) : 1);
  const apply = () => {
    const width = panels.clientWidth;
    if (width === 0) return; // not shown
    const isNarrow = width < NARROW;
    const share = isNarrow
      ? (width - GAP * (maps - 1)) / maps
      : Math.min(maps === 1 ? 0.38 : 0.265, 360 / width) * width;
    const across = Math.max(80, Math.min(share, 400 / aspect));
    const down = Math.max(24, Math.min(400, across * aspect));
    const panel = isNarrow ? down + BAR_ROOM : Math.max(230, down + BAR_ROOM);
    root.style.setProperty("--map-width", `${Math.floor(across)}px`);
    root.style.setProperty("--panel-height", `${Math.round(panel)}px`);
    root.style.setProperty("--map-height", `${Math.round(down + BAR_ROOM)}px`);
    panels.dataset.narrow = String(isNarrow);
  };
  const observer = new ResizeObserver(apply);
  observer.observe(root);
  apply();
  return () => observer.disconnect();
}
