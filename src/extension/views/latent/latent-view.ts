import type {
  ColoursAnswer,
  DecodeAnswer,
  DecodeQuestion,
  LatentAbout,
  PlaneAnswer,
  SelectedAnswer,
} from "../../../views/latent-protocol";
import type { FrontEndModel } from "../../front-end-module";
import { asking, floats, newestOnly } from "../ask";
import type { Theme } from "../draw/theme";
import { choice, colourLegend, type Option, planeChoices, sliders } from "./controls";
import { curveLegend, pointText } from "./heading";
import { type MapState, mapPanel } from "./map-panel";
import type { Parts } from "./parts";
import { pictureTile } from "./picture-tile";
import { type PlaneState, planePanel } from "./plane-panel";
import { scanColours, valueColours } from "./point-colours";
import { type ShownSpectra, spectrumPanel } from "./spectrum-panel";

/** What the view is made of. */
export interface LatentViewOptions {
  readonly model: FrontEndModel;
  readonly parts: Parts;
  readonly about: LatentAbout;
  readonly positions: Int32Array;
  readonly map: Float32Array;
  readonly theme: () => Theme;
}

/** The view, as `render` handles it. */
export interface LatentView {
  /** After a change of the notebook's theme. */
  recolour(): void;
  dispose(): void;
}

/** Wires the panels to each other and to the kernel. */
export function latentView({ model, parts, about, positions, map, theme }: LatentViewOptions): LatentView {
  const ask = asking(model);
  const spectra: ShownSpectra = {};
  let latents = model.get("latents") as [number, number];
  let answer: { readonly values: Float32Array; readonly told: ColoursAnswer } | undefined;
  let like = 0;
  let chosenClass: number | undefined;
  let isPlaced = false;
  const state: PlaneState & MapState = {
    points: {
      x: new Float32Array(0),
      y: new Float32Array(0),
      contours: [],
      range: { x: [-1, 1], y: [-1, 1] },
      titles: ["", ""],
    },
    colours: scanColours(positions, about.scan, theme()),
    selection: new Set(),
    cursor: [0, 0],
    sample: undefined,
    isPinned: false,
    shows: "image",
  };

  const plane = planePanel(parts.plane, state, theme, {
    onMove: (x, y, sample) => {
      if (!state.isPinned) moveTo(x, y, sample);
    },
    onClick: (x, y, sample) => {
      state.isPinned = !state.isPinned;
      moveTo(x, y, sample);
    },
    onLasso: (indices, adds) => select(adds ? [...state.selection, ...indices] : indices),
  });
  const scan = mapPanel(parts.map, state, { about, positions, map }, theme, (sample) => {
    moveTo(state.points.x[sample], state.points.y[sample], sample);
  });
  const spectrum =
    about.energy === undefined
      ? undefined
      : spectrumPanel(parts.spectrum, spectra, { ...about, energy: about.energy, usual: about.ranges.spectra }, theme);
  const tiles = {
    here: tile("decoded here", about.decoded.includes("images")),
    window: tile("sample", about.measured.includes("images")),
    decoded: tile("sample, decoded", about.decoded.includes("images")),
    mean: tile("selection, mean", about.measured.includes("images")),
  };
  const free = sliders(about, () => decodeHere(undefined));
  parts.free.append(free.box);
  free.box.hidden = true;

  function tile(caption: string, isThere: boolean) {
    if (about.window === undefined || !isThere) return undefined;
    const made = pictureTile(caption, about.window, about.ranges.images);
    parts.windows.append(made.figure);
    return made;
  }

  /** Runs one kind of question for its newest value; what goes wrong is shown, and ends with the next answer. */
  function question<T>(work: (value: T) => Promise<void>) {
    return newestOnly<T>(async (value) => {
      try {
        await work(value);
      } catch (error) {
        say(error instanceof Error ? error.message.split("\n")[0] : String(error), true);
      }
    });
  }
  function say(text: string, isFault = false): void {
    parts.note.textContent = text;
    parts.note.classList.toggle("fault", isFault);
  }

  const loadPlane = question<readonly [number, number]>(async (wanted) => {
    const { content, buffers } = await ask<PlaneAnswer>("plane", { latents: wanted });
    const [x, y, ...contours] = buffers.map(floats);
    latents = [wanted[0], wanted[1]];
    state.points = { ...content, x, y, contours };
    free.show(latents);
    plane.redrawAll();
    const start = state.sample ?? (isPlaced ? like : middle());
    isPlaced = true;
    moveTo(x[start], y[start], start);
  });
  /** The sample nearest to the middle of all. */
  function middle(): number {
    const { x, y } = state.points;
    const mean = (values: Float32Array) => values.reduce((a, b) => a + b, 0) / values.length;
    const [mx, my] = [mean(x), mean(y)];
    return nearest((i) => (x[i] - mx) ** 2 + (y[i] - my) ** 2);
  }
  function nearest(squared: (i: number) => number): number {
    let best = 0;
    for (let i = 1; i < about.count; i++) if (squared(i) < squared(best)) best = i;
    return best;
  }

  const loadColours = question<string>(async (by) => {
    if (by === "position") answer = undefined;
    else {
      say("finding the colours \u2026");
      const { content, buffers } = await ask<ColoursAnswer>("colours", { by });
      answer = { values: floats(buffers[0]), told: content };
      say("");
    }
    recolour();
  });
  function recolour(): void {
    const now = theme();
    state.colours =
      answer === undefined ? scanColours(positions, about.scan, now) : valueColours(answer.values, answer.told, now);
    parts.legend.replaceChildren(colourLegend(answer?.told, now));
    redrawAll();
    showLegend();
  }

  function moveTo(x: number, y: number, sample: number | undefined): void {
    const { points } = state;
    const [width, height] = [points.range.x[1] - points.range.x[0], points.range.y[1] - points.range.y[0]];
    state.cursor = [x, y];
    like = sample ?? nearest((i) => ((points.x[i] - x) / width) ** 2 + ((points.y[i] - y) / height) ** 2);
    if (sample !== state.sample) lookAt(sample);
    state.sample = sample;
    plane.redraw();
    scan.redraw();
    decodeHere(undefined);
  }

  const decodeHere = question<undefined>(async () => {
    const [x, y] = state.cursor;
    const own = free.box.hidden ? { like } : { others: free.values, like };
    const asked: DecodeQuestion = { latents, x, y, ...own, class: chosenClass };
    const { content, buffers } = await ask<DecodeAnswer>("decode", asked);
    const [image, curve] = buffers.map(floats);
    spectra.here = curve.length > 0 ? curve : undefined;
    tiles.here?.show(image.length > 0 ? image : undefined);
    if (free.box.hidden) free.set(content.point);
    const classText = content.class === undefined ? "" : `, ${about.classes[content.class]}`;
    const stale = content.current ? "" : "; the model has been trained since: run the cell again to place the samples";
    const [row, column] = [positions[2 * (state.sample ?? 0)], positions[2 * (state.sample ?? 0) + 1]];
    const sampleText = state.sample === undefined ? "" : `; sample ${state.sample} at row ${row}, column ${column}`;
    say(`z = ${pointText(content.point)}${classText}${sampleText}${stale}`);
    showSpectra();
  });

  const lookAt = question<number | undefined>(async (index) => {
    const buffers = index === undefined ? [] : (await ask("sample", { index })).buffers.map(floats);
    const [window, measured, decodedWindow, decoded] = buffers.map((one) => (one.length > 0 ? one : undefined));
    Object.assign(spectra, { measured, decoded });
    tiles.window?.show(window);
    tiles.decoded?.show(decodedWindow);
    showSpectra();
  });

  function select(indices: Iterable<number>): void {
    const sorted = Int32Array.from(new Set(indices)).sort();
    model.set("selection", new DataView(sorted.buffer));
    model.save_changes();
  }
  const onSelection = () => {
    const chosen = new Int32Array(floats(model.get("selection") as DataView).buffer);
    state.selection = new Set(chosen);
    parts.clear.hidden = chosen.length === 0;
    parts.clear.textContent = `clear ${chosen.length} selected`;
    redrawAll();
    queueMicrotask(() => meanOfSelection(undefined)); // after the change itself was sent
  };
  const meanOfSelection = question<undefined>(async () => {
    const { buffers } = await ask<SelectedAnswer>("selected", {});
    const [window, mean, deviation] = buffers.map(floats).map((one) => (one.length > 0 ? one : undefined));
    Object.assign(spectra, { mean, deviation });
    tiles.mean?.show(window);
    showSpectra();
  });

  function showSpectra(): void {
    spectrum?.redraw();
    showLegend();
  }
  function showLegend(): void {
    parts.heading.replaceChildren(...curveLegend(spectra, theme()));
  }
  function redrawAll(): void {
    plane.redrawAll();
    scan.redraw();
    spectrum?.redraw();
  }

  const colours: Option[] = [["position", "place on the scan"]];
  for (const { name, title } of about.colours) colours.push([name, title]);
  parts.bar.append(
    ...planeChoices(about, latents, loadPlane),
    choice("colour", colours, model.get("colour") as string, loadColours),
    parts.legend,
  );
  if (about.size > 2) {
    const modes = [
      ["nearest", "of the nearest sample"],
      ["sliders", "at sliders"],
    ] as const;
    parts.bar.append(
      choice("other latents", modes, "nearest", (mode) => {
        free.box.hidden = mode === "nearest";
        decodeHere(undefined);
      }),
    );
  }
  if (about.classes.length > 0) {
    const options: Option[] = [["", "of the nearest sample"]];
    for (const [i, name] of about.classes.entries()) options.push([String(i), name]);
    parts.bar.append(
      choice("class", options, "", (value) => {
        chosenClass = value === "" ? undefined : Number(value);
        decodeHere(undefined);
      }),
    );
  }
  const channels = about.window?.[2] ?? 1;
  if (channels > 1) {
    const options = Array.from({ length: channels }, (_, i) => [String(i), String(i + 1)] as const);
    parts.bar.append(
      choice("channel", options, "0", (value) => {
        for (const each of Object.values(tiles)) each?.channel(Number(value));
      }),
    );
  }
  const shows = [
    ["image", "as recorded"],
    ["colours", "in the colours of the points"],
  ] as const;
  parts.mapCaption.append(
    choice(
      "",
      shows,
      "image",
      (value) => {
        state.shows = value as MapState["shows"]; // one of the two above
        scan.redraw();
      },
      "scan",
    ),
  );

  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape" && state.selection.size > 0) select([]);
  };
  parts.root.addEventListener("keydown", onKey);
  parts.clear.addEventListener("click", () => select([]));
  model.on("change:selection", onSelection);
  loadPlane(latents);
  loadColours(model.get("colour") as string);
  onSelection();

  return {
    recolour,
    dispose: () => {
      model.off("change:selection", onSelection);
      const sheets = Object.values(tiles).map((each) => each?.sheet);
      for (const each of [plane.sheet, scan.sheet, spectrum, ...sheets]) each?.dispose();
    },
  };
}
