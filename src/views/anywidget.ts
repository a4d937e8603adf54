import type { Comm, CommData, Comms } from "../core/comm";
import { joinUpdates } from "./join-updates";
import { packState, type WidgetMessage, type WidgetState } from "./messages";
import type { AttachedFrontEnd, Widget } from "./widget";

/** The MIME type of a view in ipywidgets' front end. */
export const ANYWIDGET_TYPE = "application/vnd.jupyter.widget-view+json";

// The Jupyter widget protocol, version 2.1: https://github.com/jupyter-widgets/ipywidgets, packages/schema/messages.md
const TARGET = "jupyter.widget";
const CONTROL = "jupyter.widget.control";
const PROTOCOL = "2.1.0";

/** What anywidget's front end, and ipywidgets' below it, need in the state beside our own. */
function modelState({ id, esm, css }: Widget): WidgetState {
  return {
    _model_module: "anywidget",
    _model_module_version: "*",
    _model_name: "AnyModel",
    _view_module: "anywidget",
    _view_module_version: "*",
    _view_name: "AnyView",
    _view_count: null,
    _dom_classes: [],
    layout: null,
    tabbable: null,
    tooltip: null,
    _anywidget_id: `specbook.${id}`,
    _esm: esm,
    _css: css,
  };
}

/** A widget that is known to ipywidgets' front end. */
interface Model {
  readonly widget: Widget;
  readonly comm: Comm;
  readonly attached: AttachedFrontEnd;
}

const models = new Map<string, Model>();

/** True where a page has ipywidgets' front end, by which anywidget draws. */
export function hasAnywidget(comms: Comms): boolean {
  return comms.knows(CONTROL) || comms.knows(TARGET);
}

/**
 * Makes a widget known to anywidget's front end.
 *
 * @returns the view that goes into the bundle, and what ends the widget there
 */
export function offerToAnywidget(widget: Widget, comms: Comms): { view: object; end: () => void } {
  comms.accept(CONTROL, answerControl);
  const known = models.get(widget.id) ?? open(widget, comms);
  const { comm } = known;
  return {
    view: { version_major: 2, version_minor: 0, model_id: comm.id },
    end: () => forget(known),
  };
}

function open(widget: Widget, comms: Comms): Model {
  const { state, buffer_paths, buffers } = whole(widget);
  const comm = comms.open(TARGET, { state, buffer_paths }, { metadata: { version: PROTOCOL }, buffers });
  const attached = widget.attach(
    joinUpdates((message, bytes) => {
      if (message.method === "error") process.stderr.write(`${message.message}\n`);
      else if (message.method !== "open") comm.send({ ...message }, bytes); // the state came with the channel
    }),
  );
  const model: Model = { widget, comm, attached };
  comm.onMessage((data, bytes) => {
    if (data.method === "request_state") sendState(model);
    else attached.receive(withPaths(data), bytes);
  });
  comm.onClose(() => forget(model));
  models.set(widget.id, model);
  return model;
}

function forget({ widget, comm, attached }: Model): void {
  models.delete(widget.id);
  attached.detach();
  comm.close();
}

function whole(widget: Widget) {
  const { state, buffer_paths, buffers } = packState(widget.state);
  return { state: { ...state, ...modelState(widget) }, buffer_paths, buffers };
}

function sendState({ widget, comm }: Model): void {
  const { state, buffer_paths, buffers } = whole(widget);
  comm.send({ method: "update", state, buffer_paths }, buffers);
}

// ipywidgets leaves the paths out where there are none
function withPaths(data: CommData): WidgetMessage {
  return { buffer_paths: [], ...data } as unknown as WidgetMessage; // `receive` ignores methods that are not ours
}

/** After a page was loaded anew, the front end asks for all widgets at once. */
function answerControl(comm: Comm): void {
  comm.onMessage(({ method }) => {
    if (method !== "request_states") return;
    const states: Record<string, object> = {};
    const paths: string[][] = [];
    const all: Uint8Array[] = [];
    for (const { widget, comm: channel } of models.values()) {
      const { state, buffer_paths, buffers } = whole(widget);
      states[channel.id] = {
        model_name: state._model_name,
        model_module: state._model_module,
        model_module_version: state._model_module_version,
        state,
      };
      for (const path of buffer_paths) paths.push([channel.id, "state", ...path]);
      all.push(...buffers);
    }
    comm.send({ method: "update_states", states, buffer_paths: paths }, all);
  });
}
