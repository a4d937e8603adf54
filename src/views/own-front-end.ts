import { type Comm, type CommData, FRONT_END_TARGET } from "../core/comm";
import { currentHost, type MimeBundle } from "../core/host";
import { bundle } from "../notebook/bundle";
import { ANYWIDGET_TYPE, hasAnywidget, offerToAnywidget } from "./anywidget";
import { joinUpdates } from "./join-updates";
import type { WidgetMessage } from "./messages";
import type { AttachedFrontEnd, Widget } from "./widget";

/** The MIME type of a widget in our own JupyterLab extension; it holds no more than the widget's id. */
export const VIEW_TYPE = "application/vnd.specbook.view+json";

/** The name of the channel by which the extension reaches a widget. */
export const VIEW_TARGET = "specbook.view";

/** A widget that is shown, by how many cells, and where. */
interface Shown {
  readonly widget: Widget;
  readonly frontEnds: Map<Comm, AttachedFrontEnd>;
  cells: number;
  anywidget?: ReturnType<typeof offerToAnywidget>;
}

// A page that was closed without a word leaves its channel behind.
const MOST_FRONT_ENDS = 8;

// A notebook may hold two copies of this package (the user's own install wins): they share what is shown.
const KEY = Symbol.for("specbook.shown");
type Holder = { [KEY]?: Map<string, Shown> };

function shownWidgets(): Map<string, Shown> {
  const holder = globalThis as Holder;
  holder[KEY] ??= new Map();
  return holder[KEY];
}

/**
 * The bundle of a widget: its id for our extension, and its picture for every other place. The widget lives until the
 * cells that showed it run again or are deleted, so that a page that is loaded anew finds it.
 */
export async function widgetBundle(widget: Widget): Promise<MimeBundle> {
  const picture = await pictureBundle(widget);
  return offer(widget) ? withView(widget, picture) : picture;
}

/** A bundle that shows a widget where a front end draws it, and the picture of it elsewhere. */
export function withView({ id }: Widget, picture: MimeBundle): MimeBundle {
  const other = shownWidgets().get(id)?.anywidget;
  const view = other === undefined ? {} : { [ANYWIDGET_TYPE]: other.view };
  return { ...view, [VIEW_TYPE]: { id, version: 1 }, ...picture };
}

/** The bundle of what a widget shows where nothing is interactive. */
export async function pictureBundle({ picture }: Widget): Promise<MimeBundle> {
  const drawn: unknown = await picture?.();
  return drawn === undefined ? { "text/plain": "an interactive view, without a picture" } : bundle(drawn);
}

/** Lets front ends reach a widget that the running cell shows, once for each time it does; false where there are none. */
export function offer(widget: Widget): boolean {
  const host = currentHost();
  if (host?.comms === undefined) return false;
  const { comms, whenGone } = host;
  comms.accept(VIEW_TARGET, connect);
  const all = shownWidgets();
  const shown: Shown = all.get(widget.id) ?? { widget, frontEnds: new Map(), cells: 0 };
  all.set(widget.id, shown);
  shown.cells++;
  // anywidget shows an error, not the picture, once the kernel has gone: only where nothing of ours is known to draw
  if (!comms.knows(FRONT_END_TARGET) && hasAnywidget(comms)) shown.anywidget ??= offerToAnywidget(widget, comms);
  whenGone?.(() => {
    if (--shown.cells > 0) return;
    all.delete(widget.id);
    for (const comm of shown.frontEnds.keys()) leave(shown, comm);
    shown.anywidget?.end();
  });
  return true;
}

/** A front end asks for a widget. It is refused where that has gone: it then shows the picture. */
function connect(comm: Comm, { id }: CommData): void {
  const shown = shownWidgets().get(String(id));
  if (shown === undefined) {
    comm.close();
    return;
  }
  const attached = shown.widget.attach(joinUpdates((message, buffers) => comm.send({ ...message }, buffers)));
  comm.onMessage((message, buffers) => attached.receive(message as unknown as WidgetMessage, buffers)); // our own words
  comm.onClose(() => leave(shown, comm));
  shown.frontEnds.set(comm, attached);
  const [oldest] = shown.frontEnds.keys();
  if (shown.frontEnds.size > MOST_FRONT_ENDS) leave(shown, oldest);
}

function leave({ frontEnds }: Shown, comm: Comm): void {
  frontEnds.get(comm)?.detach();
  frontEnds.delete(comm);
  comm.close();
}
