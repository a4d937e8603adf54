import { currentHost } from "../core/host";
import type { Widget } from "./widget";

/**
 * From now on, what a front end changes of the widget makes the cells stale that use the variables of the running cell: all
 * of its state, or that of some names.
 */
export function markDependents(widget: Widget, names?: readonly string[]): void {
  const report = currentHost()?.changeReporter?.();
  if (report === undefined) return;
  widget.onChange((changes) => {
    if (names === undefined || names.some((name) => name in changes)) report();
  });
}
