import type { LatentAbout } from "../../../views/latent-protocol";
import { element } from "../element";
import { LEAST } from "./map-panel";
import { STYLE } from "./style";

/** The places of the view, empty. */
export interface Parts {
  readonly root: HTMLElement;
  readonly bar: HTMLElement;
  readonly legend: HTMLElement;
  readonly plane: HTMLElement;
  readonly note: HTMLElement;
  readonly clear: HTMLButtonElement;
  readonly free: HTMLElement;
  readonly heading: HTMLElement;
  readonly spectrum: HTMLElement;
  readonly windows: HTMLElement;
  readonly map: HTMLElement;
  readonly mapCaption: HTMLElement;
}

/** Puts the places into an element. */
export function layOut(el: HTMLElement, about: LatentAbout): Parts {
  const hasSpectra = about.energy !== undefined;
  const bar = element("div", { className: "bar" });
  const legend = element("span");
  const plane = element("div", {
    className: "plane",
    title: "move: decode here; click: hold; drag: lasso, shift adds",
  });
  const note = element("div", { className: "note" });
  note.setAttribute("aria-live", "polite");
  const free = element("div");
  const clear = element("button", { type: "button", hidden: true, title: "end the selection (Esc)" });
  const heading = element("div", { className: "heading" });
  const spectrum = element("div", { className: "spectrum", hidden: !hasSpectra });
  const map = element("div", { className: "map" });
  map.style.aspectRatio = `${about.scan[1]} / ${about.scan[0]}`;
  map.style.maxHeight = "300px";
  map.style.minHeight = `${LEAST}px`;
  const mapCaption = element("figcaption", {}, ["scan"]);
  const windows = element("div", { className: "windows" });
  const tiles = element("div", { className: "tiles" }, [element("figure", {}, [mapCaption, map]), windows]);
  const body = element("div", { className: "body" }, [
    element("div", {}, [plane, element("div", { className: "below" }, [note, clear]), free]),
    element("div", {}, [heading, spectrum, tiles]),
  ]);
  const root = element("div", { className: "sb-latent" }, [element("style", {}, [STYLE]), bar, body]);
  el.append(root);
  return { root, bar, legend, plane, note, clear, free, heading, spectrum, windows, map, mapCaption };
}
