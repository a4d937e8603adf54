import type { SentRun } from "../../views/training-protocol";
import type { FrontEndModule } from "../front-end-module";
import { asking, floats } from "./ask";
import { onThemeChange, themeOf } from "./draw/theme";
import { element } from "./element";
import { type LossState, lossChart } from "./training/loss-chart";
import { previewPanel } from "./training/preview-panel";
import { STYLE } from "./training/style";
import { duration, number, stateWords } from "./training/words";

/** The front end of the training panel. */
const view: FrontEndModule = {
  render({ model, el }) {
    const ask = asking(model);
    const title = element("h3");
    const words = element("span");
    const axis = element("button", { type: "button", title: "scale of the losses" });
    const stop = element("button", { type: "button", className: "stop" }, ["Stop, keep the best"]);
    stop.title = "ends the training after this step; the cell goes on with the best weights";
    const done = element("div", { className: "done" });
    const facts = element("div", { className: "facts" });
    const legend = element("div", { className: "heading" });
    const chartBox = element("div", { className: "chart", title: "drag: zoom; double-click: all epochs" });
    const previewBox = element("div", { hidden: true });
    const body = element("div", { className: "body alone" }, [element("div", {}, [legend, chartBox]), previewBox]);
    const top = element("div", { className: "top" }, [
      title,
      words,
      element("span", { className: "grow" }),
      axis,
      stop,
    ]);
    const track = element("div", { className: "track" }, [done]);
    const root = element("div", { className: "sb-training" }, [element("style", {}, [STYLE]), top, track, facts, body]);
    el.append(root);
    const theme = () => themeOf(root);
    const losses: LossState = {
      loss: new Float32Array(0),
      validation: new Float32Array(0),
      bestEpoch: null,
      room: 10,
      isLogarithmic: true,
      zoom: undefined,
      hovered: undefined,
    };
    const chart = lossChart(chartBox, losses, theme, showLegend);
    const preview = previewPanel(previewBox, model, theme);
    let isChosen = false;

    axis.addEventListener("click", () => {
      losses.isLogarithmic = !losses.isLogarithmic;
      isChosen = true;
      showAxis();
      chart.redraw();
    });
    stop.addEventListener("click", async () => {
      stop.disabled = true;
      stop.textContent = "stopping \u2026";
      try {
        await ask("stop", {});
      } catch (error) {
        words.textContent = String(error);
      }
    });

    function showAxis(): void {
      axis.textContent = losses.isLogarithmic ? "log" : "linear";
    }
    function showLosses(): void {
      losses.loss = floats(model.get("loss") as DataView);
      losses.validation = floats(model.get("validation") as DataView);
      const isPositive = [losses.loss, losses.validation].every((curve) => curve.every((value) => !(value <= 0)));
      if (!isChosen) losses.isLogarithmic = isPositive;
      showAxis();
      showRun();
      showLegend();
    }
    function showRun(): void {
      const run = model.get("run") as SentRun | null;
      if (run === null) return;
      losses.bestEpoch = run.bestEpoch;
      const isRunning = run.state === "running";
      losses.room = isRunning
        ? Math.max(run.epochs, Math.min(run.totalEpochs, Math.max(10, 2 * run.epochs)))
        : run.epochs;
      title.textContent = `Training ${run.kind}`;
      words.textContent = stateWords(run);
      stop.hidden = !isRunning;
      done.style.width = `${(100 * run.step) / Math.max(1, run.totalSteps)}%`;
      const rates = floats(model.get("rate") as DataView);
      const rate = rates.at(-1);
      const best = run.bestEpoch === null ? undefined : bestLoss(losses, run.bestEpoch);
      facts.replaceChildren(
        ...fact("epoch", `${Math.min(run.totalEpochs, run.epochs + (isRunning ? 1 : 0))} of ${run.totalEpochs}`),
        ...fact("samples per second", Math.round(run.samplesPerSecond).toLocaleString("en")),
        ...(isRunning ? fact("time left", duration(run.secondsLeft)) : fact("took", duration(run.seconds))),
        ...(rate === undefined ? [] : fact("learning rate", number(rate))),
        ...(best === undefined ? [] : fact("best loss", number(best))),
      );
      chart.redraw();
    }
    function showLegend(): void {
      const { accents } = theme();
      const at = losses.hovered ?? losses.loss.length;
      const entries = [
        ["training", losses.loss, accents[0]],
        ["validation", losses.validation, accents[1]],
      ] as const;
      const keys = entries.flatMap(([name, curve, colour]) => {
        const value = curve[at - 1];
        if (value === undefined || !Number.isFinite(value)) return [];
        const line = element("span", { className: "line" });
        line.style.borderColor = colour;
        return [element("span", {}, [line, `${name} ${number(value)}`])];
      });
      legend.replaceChildren(...keys, ...(at > 0 ? [element("span", {}, [`after epoch ${at}`])] : []));
    }
    function showPreview(): void {
      const isThere = preview.show();
      previewBox.hidden = !isThere;
      body.classList.toggle("alone", !isThere);
    }
    const applyTheme = () => {
      const { ink, muted, guide, surface, accents } = theme();
      const colours = { ink, muted, guide, surface, accent: accents[0], fault: accents[3] };
      for (const [name, colour] of Object.entries(colours)) root.style.setProperty(`--sb-${name}`, colour);
      showLegend();
      chart.redraw();
      showPreview();
      preview.redraw();
    };

    model.on("change:run", showRun);
    model.on("change:loss", showLosses);
    model.on("change:decodedSpectrum", showPreview);
    showLosses();
    applyTheme();
    const endTheme = onThemeChange(applyTheme);
    return () => {
      endTheme();
      model.off("change:run", showRun);
      model.off("change:loss", showLosses);
      model.off("change:decodedSpectrum", showPreview);
      chart.dispose();
      preview.dispose();
    };
  },
};
export default view;

function fact(name: string, value: string): Node[] {
  return [element("span", {}, [`${name} `, element("b", {}, [value])])];
}

/** The loss that judges an epoch. */
function bestLoss({ loss, validation }: LossState, epoch: number): number | undefined {
  const held = validation[epoch - 1];
  return Number.isFinite(held) ? held : loss[epoch - 1];
}
