import { label } from "../../plot/numbers";
import type { ScanShape } from "../../views/scan-shapes";
import type { FrontEndModel, FrontEndModule } from "../front-end-module";
import { onThemeChange, type Theme, themeOf } from "./draw/theme";
import { type Chip, showChips } from "./explore/chips";
import { layOut } from "./explore/layout";
import { followMap } from "./explore/map-gestures";
import { MapPanel, type MapScene, type Pixel } from "./explore/map-panel";
import { followSpectrum } from "./explore/spectrum-gestures";
import { type Curve, energyWords, SpectrumPanel } from "./explore/spectrum-panel";
import { Store } from "./explore/store";
import { STYLE } from "./explore/style";
import { make, makeTools, type Tool } from "./explore/tools";

/** The front end of `explore`. */
function render({ model, el }: { model: FrontEndModel; el: HTMLElement }): () => void {
  const root = make("div", "sb-explore");
  const style = make("style");
  style.textContent = STYLE;
  let tool: Tool = "rectangle";
  let cursor: Pixel | undefined;
  let energy: number | undefined;
  let theme: Theme = themeOf(el);

  const store: Store = new Store(model, {
    image: (grid) => image?.panel.show(grid),
    map: (grid) => {
      map.panel.show(grid);
      trouble.textContent = "";
      write();
    },
    spectra: () => {
      trouble.textContent = "";
      write();
    },
    trouble: (message) => {
      trouble.textContent = message;
      write();
    },
    settled: () => {
      root.dataset.waiting = String(store.isWaiting);
    },
  });
  const axes = store.state("axes");
  const { energy: axis } = axes;
  const scan: readonly [number, number] = [axes.y.size, axes.x.size];

  const tools = makeTools({
    tool: (name) => {
      tool = name;
      tools.show(shared(), tool);
    },
    pin,
    toggle: (name) => store.set(name, !store.state(name)),
    colours: (name) => store.set("colours", name),
    reset: () => {
      store.set("pinned", []);
      store.set("region", null);
      spectrum.show(...spectrum.whole);
      store.look([0, axis.size]);
    },
  });
  const pass = make("div", "sb-pass", make("i"));
  const panels = make("div", "sb-panels");
  const readout = make("div", "sb-readout");
  readout.setAttribute("role", "status");
  const chips = make("div", "sb-chips");
  const trouble = make("div", "sb-trouble");
  trouble.setAttribute("role", "alert");
  root.append(style, tools.element, pass, panels, make("div", "sb-foot", readout, chips), trouble);
  el.append(root);

  const imageName = store.state("imageName");
  const image = imageName === null ? undefined : addMap(imageName, "gray");
  const map = addMap("", undefined);
  const { head: spectrumHead, box: spectrumBox } = addPanel("sb-spectrum");
  const spectrum = new SpectrumPanel(spectrumBox, axis, () => ({
    theme,
    curves: store.curves(),
    band: store.state("band"),
    logarithmic: store.state("logarithmic"),
    normalised: store.state("normalised"),
    energy,
    energyTitle: store.state("energyTitle"),
    intensityTitle: store.state("intensityTitle"),
  }));
  spectrum.sheet.canvas.setAttribute("role", "application");
  spectrum.sheet.canvas.setAttribute("aria-label", "Spectrum: arrow keys move and widen the energy band, + - 0 zoom");
  followSpectrum(spectrum, {
    band: () => store.state("band"),
    choose: (band, isFinal) => store.set("band", band, isFinal),
    point: (at) => {
      energy = at;
      write();
    },
    zoomed: () => {
      const ends = spectrum.range.map((at) => spectrum.channelAt(at));
      store.look([Math.min(...ends), Math.max(...ends) + 1]);
    },
  });

  function addPanel(kind: string): { head: HTMLElement; box: HTMLElement } {
    const head = make("h4");
    const box = make("div", "sb-box");
    panels.append(make("div", `sb-panel ${kind}`, head, box));
    return { head, box };
  }

  function addMap(name: string, colours: MapScene["colours"] | undefined): { panel: MapPanel; head: HTMLElement } {
    const { head, box } = addPanel("sb-map");
    head.textContent = name;
    const scene = (): MapScene => ({
      theme,
      colours: colours ?? store.state("colours"),
      shapes: store.shapes(),
      cursor,
    });
    const panel = new MapPanel(box, axes, scene);
    panel.sheet.canvas.setAttribute("role", "application");
    panel.sheet.canvas.setAttribute(
      "aria-label",
      `${name || "Energy band"}: arrow keys move the cursor, Enter takes its pixel, + and - resize, P pins`,
    );
    panel.sheet.canvas.dataset.map = colours === undefined ? "band" : "image";
    followMap(panel, {
      scan,
      tool: () => tool,
      region: () => store.state("region"),
      cursor: () => cursor,
      point: (pixel) => {
        if (pixel?.row === cursor?.row && pixel?.column === cursor?.column) return;
        cursor = pixel;
        store.askCursor(pixel);
        write();
      },
      draw: (region, isFinal) => store.set("region", region, isFinal),
      pin,
    });
    return { panel, head };
  }

  function pin(): void {
    const shapes = store.shapes();
    if (store.state("region") === null) return;
    if (store.region !== undefined) store.pinned.set(JSON.stringify(store.region.shape), store.region);
    store.set("pinned", shapes, false);
    store.set("region", null);
  }

  function shared() {
    const [logarithmic, normalised] = [store.state("logarithmic"), store.state("normalised")];
    return { logarithmic, normalised, colours: store.state("colours"), region: store.state("region") };
  }

  /** Brings everything that is written or drawn up to date. */
  function write(): void {
    const band = store.state("band").map((at) => energyWords(at, axis));
    map.head.replaceChildren(`${band[0]} to ${band[1]} ${axis.units}`);
    const at = energy === undefined ? "" : `${energyWords(energy, axis)} ${axis.units}`;
    spectrumHead.replaceChildren(spectrumTitle(), make("small", "", at));
    readout.replaceChildren(...(cursor === undefined ? hint() : placeWords(cursor)));
    showChips(chips, store.curves().map(chipOf), theme, (one) => {
      store.set(
        "pinned",
        store.state("pinned").filter(({ name }) => name !== one.name),
      );
    });
    const share = store.state("pass");
    (pass.firstChild as HTMLElement).style.width = share === null ? "0" : `${100 * share}%`;
    for (const panel of [image?.panel, map.panel, spectrum]) panel?.sheet.redraw();
  }

  function spectrumTitle(): string {
    const count = store.shapes().length;
    return count === 0 ? "Mean spectrum of the scan" : count === 1 ? "Mean spectrum" : "Mean spectra";
  }

  function chipOf(curve: Curve): Chip {
    const mean = curve as Curve & { readonly pixels: number; readonly shape: ScanShape };
    const pinned = store.state("pinned").find(({ name }) => name === curve.name);
    const channel = energy === undefined ? -1 : spectrum.channelAt(energy) - curve.first;
    const value =
      energy === undefined
        ? undefined
        : curve.values[curve.step === 1 ? channel : 2 * Math.floor(channel / curve.step) + 1];
    return { curve, pixels: mean.pixels, value, pinned };
  }

  function hint(): string[] {
    return ["Drag on a map for a region, on the spectrum for an energy band"];
  }

  function placeWords(pixel: Pixel): (string | Node)[] {
    const place = (one: typeof axes.x, index: number) =>
      make("b", "", `${label(one.offset + one.scale * index)} ${one.units}`);
    const words: (string | Node)[] = ["x ", place(axes.x, pixel.column), "  y ", place(axes.y, pixel.row)];
    if (axes.x.units !== "px") words.push(`  (row ${pixel.row}, column ${pixel.column})`);
    const values = [
      [imageName ?? "", image?.panel.valueAt(pixel)],
      ["band", map.panel.valueAt(pixel)],
    ] as const;
    for (const [name, value] of values) {
      if (value !== undefined)
        words.push(`  ${name} `, make("b", "", Number.isFinite(value) ? label(value) : "no value"));
    }
    return words.map((one) => (typeof one === "string" ? one.replace(/ {2}/g, "\u2002") : one));
  }

  const listeners: readonly [string, () => void][] = [
    ["change:region", () => store.askRegion(store.state("region"))],
    ["change:band", () => store.askMap(store.state("band"))],
    ["change:pinned", () => void store.askPinned()],
    [
      "change",
      () => {
        tools.show(shared(), tool);
        write();
      },
    ],
  ];
  for (const [event, listener] of listeners) model.on(event, listener as never);
  const forgetTheme = onThemeChange(() => {
    theme = themeOf(el);
    write();
  });
  const forgetLayout = layOut(root, panels, axes, image === undefined ? 1 : 2);
  tools.show(shared(), tool);
  write();
  void store.askImage();
  store.askRegion(null);
  if (store.state("region") !== null) store.askRegion(store.state("region"));
  void store.askPinned();
  store.askMap(store.state("band"));
  return () => {
    for (const [event, listener] of listeners) model.off(event, listener as never);
    forgetTheme();
    forgetLayout();
    for (const panel of [image?.panel, map.panel, spectrum]) panel?.sheet.dispose();
    root.remove();
  };
}

export default { render } satisfies FrontEndModule;
