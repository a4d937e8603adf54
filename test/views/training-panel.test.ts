import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type Comm, type CommData, FRONT_END_TARGET } from "../../src/core/comm";
import { currentHost, type Host, type MimeBundle, setHost } from "../../src/core/host";
import type { Pairs } from "../../src/data";
import { loadEngine } from "../../src/engine/load";
import {
  type DisplayedRun,
  decode,
  fit,
  im2spec,
  type Model,
  predict,
  type TrainingResult,
  vae,
} from "../../src/models";
import { pixelSpectra, select, shapes, split, unscale, windows } from "../../src/signal";
import { VIEW_TARGET, VIEW_TYPE } from "../../src/views/own-front-end";
import { interactiveTraining, showTrainingInteractively } from "../../src/views/training-panel";
import type { SentPreview, SentRun } from "../../src/views/training-protocol";
import type { Widget } from "../../src/views/widget";
import { relief } from "../analyse/support/relief";
import { rejected } from "../support/errors";
import { browserPath } from "../support/lab-browser";
import { openView } from "../support/view-page";

const scan = relief();
const pairs = windows(scan.image, scan.spectra, { size: 4 });
const parts = split(pairs, { by: "columns", test: 0.3 });
const small = { encoderFilters: 4, decoderFilters: 4, encoderLayers: 1, decoderLayers: 2 };
const VEGA_LITE = "application/vnd.vegalite.v5+json";

/** A cell of a kernel whose front end has our extension, or has not. */
function cell(hasExtension = true) {
  const bundles: MimeBundle[] = [];
  const released: (() => void)[] = [];
  const stop = new AbortController();
  let connect: (comm: Comm, data: CommData, buffers: readonly Uint8Array[]) => void = () => {};
  setHost({
    signal: () => stop.signal,
    display: (bundle) => {
      bundles.push(bundle);
      return { id: "1", update: (next) => void bundles.push(next) };
    },
    whenGone: (release) => void released.push(release),
    comms: {
      open: () => expect.unreachable("a view is reached by the front end"),
      accept: (target, opened) => {
        expect(target).toBe(VIEW_TARGET);
        connect = opened;
      },
      knows: (target) => hasExtension && target === FRONT_END_TARGET,
    },
  });
  showTrainingInteractively();
  const id = () => (bundles[0]?.[VIEW_TYPE] as { id: string } | undefined)?.id ?? "";
  const shown = () => (globalThis as { [key: symbol]: Map<string, { widget: Widget }> })[Symbol.for("specbook.shown")];
  return {
    bundles,
    stop,
    release: () => {
      for (const each of released) each();
    },
    shown: () => shown().size,
    widget: () => shown().get(id())?.widget as Widget,
    /** Opens the view as our extension does, and presses its button. */
    press: () => {
      let listen: (data: CommData, buffers: readonly Uint8Array[]) => void = () => {};
      const comm: Comm = {
        id: "c",
        target: VIEW_TARGET,
        send: () => {},
        close: () => {},
        onMessage: (listener) => {
          listen = listener;
        },
        onClose: () => {},
      };
      connect(comm, { id: id() }, []);
      listen({ method: "custom", content: { ask: "stop", id: 1, question: {} } }, []);
    },
  };
}

const until = async (isSo: () => boolean) => {
  while (!isSo()) await new Promise((done) => setTimeout(done, 5));
};

// Loaded before there is a cell: the wasm engine would say in the first one that it is slow.
beforeAll(async () => void (await loadEngine()));

describe("the training panel where the extension is", () => {
  afterEach(() => {
    vi.restoreAllMocks();
    setHost(undefined);
  });

  test("tells a run's losses, speed and time, and leaves the chart with its picture in the notebook", async () => {
    const here = cell();
    const model = im2spec({ ...shapes(pairs), ...small, latent: 2, seed: 1 });
    const run = await fit(model, parts.train, { validation: parts.test, epochs: 5, batch: 16, seed: 3 });
    expect(Object.keys(here.bundles[0]).sort()).toEqual([VIEW_TYPE, VEGA_LITE, "text/plain"].sort());
    const last = here.bundles.at(-1)!;
    expect(Object.keys(last).sort()).toEqual([VIEW_TYPE, VEGA_LITE, "image/png", "text/plain"].sort());
    const widget = here.widget();
    expect(widget.get("run")).toMatchObject({
      kind: "im2spec",
      state: "finished",
      epochs: 5,
      totalEpochs: 5,
      secondsLeft: 0,
    });
    expect([...(widget.get("loss") as Float32Array)]).toMatchArray(
      run.epochs.map((e) => e.loss),
      { relative: 1e-6 },
    );
    const held = run.epochs.map((e) => e.validationLoss as number);
    expect([...(widget.get("validation") as Float32Array)]).toMatchArray(held, { relative: 1e-6 });
    expect((widget.get("run") as SentRun).bestEpoch).toBe(1 + held.indexOf(Math.min(...held)));
    here.release();
    expect(here.shown()).toBe(0);
  });

  test("ends the run by its button: fit returns, with the best weights in the model", async () => {
    const here = cell();
    const model = im2spec({ ...shapes(pairs), ...small, latent: 2, seed: 1 });
    const fitting = fit(model, parts.train, { validation: parts.test, epochs: 100_000, batch: 16, seed: 3 });
    await until(() => here.bundles.length > 0 && (here.widget().get("run") as SentRun | null)?.bestEpoch !== null);
    here.press();
    const run: TrainingResult = await fitting;
    expect(run.state).toBe("stopped");
    expect(run.epochs.length).toBeLessThan(100_000);
    const held = run.epochs.map((e) => e.validationLoss as number);
    expect(run.keptEpoch).toBe(1 + held.indexOf(Math.min(...held)));
    expect(model.training).toBe(run);
    // The weights that the model holds have the loss of that epoch.
    const output = await predict(model, parts.test);
    const mse = output.data.reduce((sum, v, i) => sum + (v - parts.test.spectra.data[i]) ** 2, 0) / output.data.length;
    expect(mse).toBeCloseTo(Math.min(...held), 4);
    expect(here.bundles.at(-1)?.["text/plain"]).toContain("stopped");
    here.release();
  });

  test("ends a run in its first epoch too, and leaves what was learnt", async () => {
    const model = vae({ ...shapes(pairs), side: "spectra", hidden: 8 });
    const before = structuredClone(model.parameters);
    const samples = pixelSpectra(scan.spectra);
    const here = cell();
    const fitting = fit(model, samples, { epochs: 1000, batch: 2, trace: false });
    await until(() => here.bundles.length > 0);
    here.press();
    const run = await fitting;
    expect(run).toMatchObject({ state: "stopped", keptEpoch: 0, epochs: [] });
    expect(
      Object.entries(model.parameters).some(([name, { data }]) => data.some((v, i) => v !== before[name].data[i])),
    ).toBe(true);
    here.release();
  });

  test("leaves the stop button of the cell as it is: the cell is interrupted", async () => {
    const here = cell();
    const model = vae({ ...shapes(pairs), side: "spectra", hidden: 8 });
    const fitting = rejected(() => fit(model, pixelSpectra(scan.spectra), { epochs: 100_000, batch: 8 }));
    await until(() => here.bundles.length > 0);
    here.stop.abort();
    expect(await fitting).toMatchObject({ tag: "CancelledError" });
    expect(here.widget().get("run")).toMatchObject({ state: "stopped" });
    here.release();
  });

  test("updates four times a second at most, and the chart for the saved file less often", async () => {
    const here = cell();
    let clock = 1000;
    vi.spyOn(performance, "now").mockImplementation(() => clock);
    const model = vae({ ...shapes(pairs), side: "spectra", hidden: 8 });
    const run: DisplayedRun = { model, samples: parts.test.spectra, end: () => {} };
    const show = interactiveTraining(currentHost() as Host, run);
    const plan = { totalEpochs: 9, totalSteps: 90, samplesPerSecond: 10, secondsLeft: 80, epochs: [] };
    const progress = (step: number) => ({ ...plan, step, state: "running" as const });
    show(progress(0));
    let updates = -1; // less the first message, which opens the view
    here.widget().attach(() => updates++);
    for (let i = 1; i < 800; i++) {
      clock += 10;
      show(progress(i)); // 8 s
    }
    expect(updates).toBe(31);
    expect(here.bundles).toHaveLength(2);
    here.release();
  });

  test("shows a sample that is not trained on, as the best weights decode it", async () => {
    const here = cell();
    const model = im2spec({ ...shapes(pairs), ...small, latent: 2, seed: 1 });
    await fit(model, parts.train, { validation: parts.test, epochs: 3, batch: 16, seed: 3 });
    const widget = here.widget();
    await until(() => (widget.get("preview") as SentPreview | null)?.epoch === model.training?.keptEpoch);
    const preview = widget.get("preview") as SentPreview;
    const index = Math.floor(parts.test.positions.length / 4);
    const one = select(parts.test, [index]);
    expect([preview.row, preview.column]).toEqual([...one.positions]);
    const inUnits = (data: Float32Array) => unscale(data, pairs.scaling.spectra);
    expect(widget.get("measuredSpectrum")).toMatchArray(inUnits(one.spectra.data), { relative: 1e-6 });
    expect(widget.get("decodedSpectrum")).toMatchArray(inUnits((await predict(model, one)).data), { relative: 1e-5 });
    here.release();
  });

  test("leaves no tensors behind, and the training as it is without a panel", async () => {
    const { tf } = await loadEngine();
    const train = async (model: Model) =>
      fit(model, parts.train, { validation: parts.test, epochs: 4, batch: 16, seed: 3 });
    const make = () => im2spec({ ...shapes(pairs), ...small, latent: 2, seed: 1 });
    const [alone, watched] = [make(), make()];
    await train(alone);
    const before = tf.memory().numTensors;
    const here = cell();
    await train(watched);
    await until(() => (here.widget().get("preview") as SentPreview | null)?.epoch === watched.training?.keptEpoch);
    expect(tf.memory().numTensors).toBe(before);
    for (const [name, { data }] of Object.entries(alone.parameters))
      expect(watched.parameters[name].data).toEqual(data);
    const point = { data: new Float32Array([0.1, 0.2]), shape: [1, 2] };
    expect((await decode(watched, point)).data).toEqual((await decode(alone, point)).data);
    here.release();
  });

  test("is the live chart where the extension is absent", async () => {
    const here = cell(false);
    const model = vae({ ...shapes(pairs), side: "spectra", hidden: 8 });
    await fit(model, pixelSpectra(scan.spectra), { epochs: 2, batch: 16 });
    expect(here.bundles.every((bundle) => !(VIEW_TYPE in bundle))).toBe(true);
    expect(here.bundles.at(-1)).toHaveProperty(["image/png"]);
  });
});

describe.skipIf(browserPath === undefined)("the training panel in a browser", () => {
  afterEach(() => setHost(undefined));

  test("draws the run, and a click on its button ends it", async () => {
    const here = cell();
    const model = im2spec({ ...shapes(pairs as Pairs), ...small, latent: 2, seed: 1 });
    const fitting = fit(model, parts.train, { validation: parts.test, epochs: 100_000, batch: 16, seed: 3 });
    await until(() => here.bundles.length > 0);
    const shown = await openView(here.widget(), { width: 900, height: 420 });
    try {
      const { page } = shown;
      await page.locator(".preview canvas").first().waitFor();
      expect(await page.locator("h3").innerText()).toBe("Training im2spec");
      expect(await page.locator(".facts").innerText()).toMatch(/epoch \d+ of 100000\s+samples per second/);
      const box = await page.locator(".chart canvas").boundingBox();
      if (box === null) throw new Error("the chart is not shown");
      await page.getByRole("button", { name: "log" }).click();
      await page.getByRole("button", { name: "linear" }).waitFor();
      await page.getByRole("button", { name: "Stop" }).click();
      expect((await fitting).state).toBe("stopped");
      await page.waitForFunction('document.querySelector(".top").textContent.includes("best weights kept")');
      expect(await page.getByRole("button", { name: "Stop" }).count()).toBe(0);
      // Zoom by a drag, all epochs by a double-click.
      await page.mouse.move(box.x + 0.4 * box.width, box.y + 60);
      await expect.poll(() => page.locator(".heading").first().innerText()).toMatch(/after epoch \d+/);
      const under = await page.locator(".heading").first().innerText();
      await page.mouse.down();
      await page.mouse.move(box.x + 0.6 * box.width, box.y + 60, { steps: 4 });
      await page.mouse.up();
      await page.mouse.move(box.x + 0.4 * box.width, box.y + 60);
      await page.mouse.move(box.x + 0.9 * box.width, box.y + 60);
      const zoomed = Number((await page.locator(".heading").first().innerText()).match(/epoch (\d+)/)?.[1]);
      expect(zoomed).toBeLessThan(0.75 * (model.training?.epochs.length ?? 0) + 2);
      expect(under).toContain("validation");
      expect(shown.errors).toEqual([]);
    } finally {
      await shown.close();
      here.release();
    }
  });
});
