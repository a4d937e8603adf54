import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { axis } from "../../src/data";
import { loadView, PageElement, stubPage } from "../support/page";

let draw: () => void;
beforeEach(() => {
  draw = stubPage();
});
afterEach(() => vi.unstubAllGlobals());

const COLOURS = { dark: false, accents: ["#0b84a5", "#f6a01a", "#6f4e7c", "#ca472f"], surface: "#ffffff" };

describe("the losses", () => {
  async function chart() {
    const { lossChart } = await loadView("training/loss-chart.ts");
    const box = new PageElement("div");
    const state = {
      loss: Float32Array.from({ length: 50 }, (_, i) => 1 / (1 + i)),
      validation: new Float32Array(0),
      bestEpoch: null,
      room: 50,
      isLogarithmic: true,
      zoom: undefined as readonly [number, number] | undefined,
      hovered: undefined,
    };
    lossChart(box as never, state as never, (() => COLOURS) as never, (() => {}) as never);
    draw();
    const [canvas] = box.all("canvas");
    /** True if the epochs of a drag are tinted. */
    const isTinted = () => {
      canvas.drawn.length = 0;
      draw();
      return canvas.drawn.some(([name]) => name === "fillRect");
    };
    return { canvas, state, isTinted };
  }

  test("zoom in where they are dragged over", async () => {
    const { canvas, state, isTinted } = await chart();
    canvas.tell("pointerdown", 100, 100);
    canvas.tell("pointermove", 200, 100);
    expect(isTinted()).toBe(true);
    canvas.tell("pointerup", 200, 100);
    expect(state.zoom?.[0]).toBeGreaterThan(1);
    expect(isTinted()).toBe(false);
  });

  test("let the notebook scroll under a finger, and a menu open, without a drag that stays", async () => {
    const { canvas, state, isTinted } = await chart();
    canvas.tell("pointerdown", 100, 100, { button: 2 });
    canvas.tell("pointermove", 200, 100);
    expect(isTinted()).toBe(false);
    canvas.tell("pointerdown", 100, 100);
    canvas.tell("pointercancel");
    canvas.tell("pointermove", 200, 100);
    expect(isTinted()).toBe(false);
    expect(state.zoom).toBeUndefined();
  });
});

describe("the plane of two latents", () => {
  async function plane() {
    const { planePanel } = await loadView("latent/plane-panel.ts");
    const box = new PageElement("div");
    const told: [string, ...unknown[]][] = [];
    const state = {
      points: {
        x: Float32Array.of(0, 1),
        y: Float32Array.of(0, 1),
        contours: [],
        range: { x: [-1, 1], y: [-1, 1] },
        titles: ["z1", "z2"],
      },
      colours: { palette: ["#000000"], places: new Uint8Array(2) },
      selection: new Set(),
      cursor: [0, 0],
      sample: undefined,
      isPinned: false,
    };
    planePanel(
      box as never,
      state as never,
      (() => COLOURS) as never,
      {
        onMove: (...given: unknown[]) => told.push(["move", ...given]),
        onClick: (...given: unknown[]) => told.push(["click", ...given]),
        onLasso: (...given: unknown[]) => told.push(["lasso", ...given]),
      } as never,
    );
    draw();
    return { canvas: box.all("canvas")[0], told };
  }
  // The middle of the plane, 400 x 300 with room for the axes: where the first sample is.
  const MIDDLE = [(56 + 400 - 10) / 2, (300 - 40 + 8) / 2] as const;

  test("tells where it was tapped: under a finger no pointer has moved there before", async () => {
    const { canvas, told } = await plane();
    canvas.tell("pointerdown", ...MIDDLE, { pointerId: 7 });
    canvas.tell("pointerup", ...MIDDLE, { pointerId: 7 });
    expect(told).toEqual([["click", 0, 0, 0]]);
  });

  test("is lassoed by one finger, and by none that the browser takes away", async () => {
    const { canvas, told } = await plane();
    const lasso = (pointerId: number, end: string) => {
      canvas.tell("pointerdown", MIDDLE[0] - 30, MIDDLE[1] - 30, { pointerId });
      canvas.tell("pointerdown", 390, 10, { pointerId: 99 });
      canvas.tell("pointermove", 300, 5, { pointerId: 99 });
      canvas.tell("pointermove", MIDDLE[0] + 30, MIDDLE[1] - 30, { pointerId });
      canvas.tell("pointerup", 300, 5, { pointerId: 99 });
      canvas.tell("pointermove", MIDDLE[0], MIDDLE[1] + 30, { pointerId });
      canvas.tell(end, MIDDLE[0], MIDDLE[1] + 30, { pointerId });
    };
    lasso(1, "pointercancel");
    expect(told).toEqual([]);
    lasso(2, "pointerup");
    expect(told).toEqual([["lasso", [0], false]]);
  });
});

describe.each([
  [1, 200],
  [200, 1],
])("the map of a line scan of %i x %i pixels beside the plane", (rows, columns) => {
  test("is wide enough to be seen and pointed at, also by a finger that only taps", async () => {
    const { mapPanel } = await loadView("latent/map-panel.ts");
    const box = new PageElement("div");
    const told: number[] = [];
    const about = {
      count: 200,
      scan: [rows, columns],
      bar: { pixels: columns > 1 ? 50 : 0.2, text: "50 px" },
      measured: ["spectra"],
    };
    const positions = Int32Array.from({ length: 400 }, (_, i) => (i % 2 === (rows > 1 ? 0 : 1) ? i >> 1 : 0));
    mapPanel(
      box as never,
      {
        colours: { palette: ["#000000"], places: new Uint8Array(200) },
        selection: new Set(),
        sample: 3,
        shows: "image",
      } as never,
      { about, positions, map: new Float32Array(200) } as never,
      (() => ({ ...COLOURS, missing: "#c9ced5" })) as never,
      ((sample: number) => told.push(sample)) as never,
    );
    draw();
    const [canvas] = box.all("canvas");
    const [x, y] = rows > 1 ? [20, 150] : [200, 20];
    canvas.tell("pointerdown", x, y);
    expect(told).toEqual([100]);
    const texts = canvas.drawn.filter(([name]) => name === "fillText").map(([, text]) => text);
    expect(texts).toEqual(columns > 1 ? ["50 px"] : []); // no bar of a fifth of a pixel
  });
});

test("a sheet is sharp again when the window moves to a finer screen, and forgets the screen at its end", async () => {
  const { sheet } = await loadView("draw/sheet.ts");
  const screens: EventTarget[] = [];
  vi.stubGlobal("matchMedia", () => {
    screens.push(new EventTarget());
    return screens.at(-1);
  });
  const shown = sheet(new PageElement("div") as never, (() => {}) as never) as { canvas: PageElement; dispose(): void };
  draw();
  expect([shown.canvas.width, shown.canvas.height]).toEqual([400, 300]);
  for (const ratio of [2, 1.5]) {
    vi.stubGlobal("devicePixelRatio", ratio);
    screens.at(-1)?.dispatchEvent(new Event("change"));
    draw();
    expect([shown.canvas.width, shown.canvas.height]).toEqual([400 * ratio, 300 * ratio]);
  }
  shown.dispose();
  vi.stubGlobal("devicePixelRatio", 3);
  screens.at(-1)?.dispatchEvent(new Event("change"));
  draw();
  expect(shown.canvas.width).toBe(600);
});

test("a spectrum of one channel, or a value between missing ones, is a dot: a line of one point is none", async () => {
  const { traceCurve } = await loadView("draw/curve.ts");
  const { scale } = await loadView("draw/scale.ts");
  const traced = (values: number[]) => {
    const canvas = new PageElement("canvas");
    const axis = (scale as (...given: unknown[]) => unknown)([0, 10], [0, 100]);
    traceCurve(canvas.getContext() as never, { values, offset: 0, scale: 1 } as never, axis as never, axis as never);
    return canvas.drawn;
  };
  const dot = (x: number, y: number) => [
    ["moveTo", x, y],
    ["lineTo", x + 0.1, y],
  ];
  expect(traced([5])).toEqual(dot(0, 50));
  expect(traced([Number.NaN, 2, Number.NaN, 3])).toEqual([...dot(10, 20), ...dot(30, 30)]);
  expect(traced([1, 2])).toEqual([...dot(0, 10), ["lineTo", 10, 20]]);
});

test.each([
  ["eV", "Energy loss (eV)"],
  ["px", "Channel"],
])("spectra over an axis in %s are titled as in the figures", async (units, title) => {
  const { spectrumPanel } = await loadView("latent/spectrum-panel.ts");
  const box = new PageElement("div");
  const scales = { energy: axis("energy", 20, { units }), usual: [0, 1], intensityTitle: "Counts (e)" };
  const theme = () => ({ ...COLOURS, ink: "#22272e", muted: "#5b6470" });
  spectrumPanel(box as never, { here: new Float32Array(20) } as never, scales as never, theme as never);
  draw();
  const texts = box
    .all("canvas")[0]
    .drawn.filter(([name]) => name === "fillText")
    .map(([, text]) => text);
  expect(texts).toContain(title);
  expect(texts).toContain("Counts (e)");
});

test("what takes the keyboard in the latent explorer has a name for those who do not see it", async () => {
  const { planePanel } = await loadView("latent/plane-panel.ts");
  const { choice } = await loadView("latent/controls.ts");
  const box = new PageElement("div");
  planePanel(
    box as never,
    { points: { range: { x: [0, 1], y: [0, 1] } } } as never,
    (() => COLOURS) as never,
    {} as never,
  );
  const [canvas] = box.all("canvas");
  expect(canvas.tabIndex).toBe(0);
  expect(canvas.getAttribute("role")).toBe("application");
  expect(canvas.getAttribute("aria-label")).toContain("arrow keys");
  const unlabelled = choice(
    "" as never,
    [["a", "as recorded"]] as never,
    "a" as never,
    (() => {}) as never,
    "scan" as never,
  );
  expect((unlabelled as PageElement).all("select")[0].ariaLabel).toBe("scan");
});

test("the colours of many classes come again in their order", async () => {
  const { valueColours } = await loadView("latent/point-colours.ts");
  const classes = Array.from({ length: 300 }, (_, i) => `grain ${i}`);
  const values = Float32Array.of(0, 3, 4, 255, 256, 259, Number.NaN);
  const { palette, places } = valueColours(
    values as never,
    { range: [0, 299], classes } as never,
    COLOURS as never,
  ) as {
    palette: readonly string[];
    places: Uint8Array;
  };
  const colours = [...places].map((place) => palette[place]);
  const [a, b] = [COLOURS.accents[0], COLOURS.accents[3]];
  expect(colours).toEqual([a, b, a, b, a, b, undefined]);
});
