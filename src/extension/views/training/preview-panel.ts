import { PREVIEW_ARRAYS, type SentPreview } from "../../../views/training-protocol";
import type { FrontEndModel } from "../../front-end-module";
import { floats } from "../ask";
import type { Theme } from "../draw/theme";
import { element } from "../element";
import { type PictureTile, pictureTile } from "../latent/picture-tile";
import { type ShownSpectra, spectrumPanel } from "../latent/spectrum-panel";

/** A sample that is never trained on, as it was measured and as the model decodes it. */
export interface PreviewPanel {
  /** After a change of the preview in the state; false while there is none. */
  show(): boolean;
  redraw(): void;
  dispose(): void;
}

/** The panel in an element; what it is made of depends on the first preview. */
export function previewPanel(el: HTMLElement, model: FrontEndModel, theme: () => Theme): PreviewPanel {
  const heading = element("div", { className: "heading" });
  const body = element("div", { className: "preview" });
  el.append(heading, body);
  const spectra: ShownSpectra = {};
  let made:
    | { readonly tiles: readonly PictureTile[]; readonly spectrum?: { redraw(): void; dispose(): void } }
    | undefined;

  function make(preview: SentPreview, [window, spectrum, decodedWindow, decodedSpectrum]: Float32Array[]) {
    const windows = element("div", { className: "windows" });
    const tiles: PictureTile[] = [];
    const isSpectral = preview.energy !== null && decodedSpectrum.length > 0;
    if (!isSpectral) windows.classList.add("wide");
    if (preview.window !== null) {
      const range = extremes(window.length > 0 ? window : decodedWindow);
      const captions = [window.length > 0 ? "measured" : "", decodedWindow.length > 0 ? "decoded" : ""];
      for (const caption of captions.filter((one) => one !== "")) {
        const only = captions.includes("") && isSpectral ? "window" : caption;
        tiles.push(pictureTile(only, preview.window, range));
      }
    }
    windows.append(...tiles.map(({ figure }) => figure));
    if (tiles.length > 0) body.append(windows);
    if (!isSpectral || preview.energy === null) return { tiles };
    const box = element("div", { className: "spectrum" });
    body.prepend(box);
    const { energy, intensityTitle } = preview;
    const scales = { energy, intensityTitle, usual: extremes(spectrum) };
    return { tiles, spectrum: spectrumPanel(box, spectra, scales, theme) };
  }

  return {
    show: () => {
      const preview = model.get("preview") as SentPreview | null;
      if (preview === null) return false;
      const arrays = PREVIEW_ARRAYS.map((name) => floats(model.get(name) as DataView));
      made ??= make(preview, arrays);
      const [window, measured, decodedWindow, decoded] = arrays;
      Object.assign(spectra, { measured, decoded });
      const shown = [window, decodedWindow].filter((one) => one.length > 0);
      for (const [i, tile] of made.tiles.entries()) tile.show(shown[i]);
      made.spectrum?.redraw();
      heading.replaceChildren(...words(preview, made.spectrum !== undefined, theme()));
      return true;
    },
    redraw: () => {
      made?.spectrum?.redraw();
      for (const { sheet } of made?.tiles ?? []) sheet.redraw();
    },
    dispose: () => {
      made?.spectrum?.dispose();
      for (const { sheet } of made?.tiles ?? []) sheet.dispose();
    },
  };
}

function words({ row, column, epoch }: SentPreview, isSpectral: boolean, { muted, accents }: Theme): Node[] {
  const key = (colour: string, text: string) => {
    const line = element("span", { className: "line" });
    line.style.borderColor = colour;
    return element("span", {}, [line, text]);
  };
  const keys = isSpectral ? [key(muted, "measured"), key(accents[1], `decoded, epoch ${epoch}`)] : [];
  const at = `pixel ${row}, ${column}${isSpectral ? "" : `, epoch ${epoch}`}`;
  const title = "row and column of a sample that is not trained on, where there are such";
  return [...keys, element("span", { title }, [at])];
}

function extremes(values: Float32Array): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low < high ? [low, high] : [0, 1];
}
