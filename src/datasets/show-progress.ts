import { type DownloadProgress, formatBytes, type Host } from "../core";

/** Milliseconds between two drawings. */
const PACE = 250;

/** Counts a download up in one line below the cell. Nothing appears for a file that is there already. */
export function showProgress(host: Host, title: string): (progress: DownloadProgress) => void {
  let line: ReturnType<Host["display"]> | undefined;
  let drawn = 0;
  return ({ received, total }) => {
    const now = performance.now();
    const isLast = received === total;
    if (now - drawn < PACE && !isLast) return;
    drawn = now;
    const share = total === undefined ? "" : ` of ${formatBytes(total)} (${Math.floor((100 * received) / total)} %)`;
    const bundle = { "text/plain": `${title}: ${formatBytes(received)}${share}` };
    if (line === undefined) line = host.display(bundle);
    else line.update(bundle);
  };
}
