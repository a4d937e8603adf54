import type { Axis } from "../../../data";
import { crisp, drawAxes, FAMILY, ROOM } from "../draw/axes";
import { traceCurve } from "../draw/curve";
import { type Scale, scale } from "../draw/scale";
import { type Sheet, sheet } from "../draw/sheet";
import type { Theme } from "../draw/theme";
import { intensityRange, logScale, logTicks } from "./intensity";

/** A spectrum as the kernel sent it: every value, or the lowest and the highest of each `step` channels. */
export interface Curve {
  readonly name: string;
  readonly values: Float32Array;
  /** Channel of the first value. */
  readonly first: number;
  readonly step: number;
  /** Place among the accents, or the spectrum under the cursor, or the mean of the scan. */
  readonly colour: number | "cursor" | "scan";
}

/** What the spectrum panel shows. */
export interface SpectrumScene {
  readonly theme: Theme;
  readonly curves: readonly Curve[];
  readonly band: readonly [number, number];
  readonly logarithmic: boolean;
  readonly normalised: boolean;
  /** Energy under the pointer. */
  readonly energy: number | undefined;
  readonly energyTitle: string;
  readonly intensityTitle: string;
}

/** Spectra over energy, with the band, zoom and pan. */
export class SpectrumPanel {
  readonly sheet: Sheet;
  readonly axis: Axis;
  /** The energies shown, rising. */
  range: readonly [number, number];
  readonly #scene: () => SpectrumScene;

  constructor(box: HTMLElement, axis: Axis, scene: () => SpectrumScene) {
    this.axis = axis;
    this.range = this.whole;
    this.#scene = scene;
    this.sheet = sheet(box, (context, width, height) => this.#paint(context, width, height));
  }

  /** All energies of the axis, from edge to edge. */
  get whole(): readonly [number, number] {
    const { offset, scale: step, size } = this.axis;
    const edges = [offset - step / 2, offset + step * (size - 0.5)];
    return step > 0 ? [edges[0], edges[1]] : [edges[1], edges[0]];
  }

  /** From energies to pixels across. */
  get x(): Scale {
    return scale(this.range, [ROOM.left, this.sheet.width - ROOM.right]);
  }

  /** Height of the axis line from the top. */
  get floor(): number {
    return this.sheet.height - ROOM.bottom + 4;
  }

  /** The channel at an energy, clamped to the axis. */
  channelAt(energy: number): number {
    const { offset, scale: step, size } = this.axis;
    return Math.max(0, Math.min(size - 1, Math.round((energy - offset) / step)));
  }

  /** Shows other energies: at least four channels, and no more than there are. */
  show(from: number, to: number): void {
    const [low, high] = this.whole;
    const width = Math.min(high - low, Math.max(4 * Math.abs(this.axis.scale), to - from));
    const start = Math.max(low, Math.min(high - width, (from + to - width) / 2));
    this.range = [start, start + width];
    this.sheet.redraw();
  }

  #paint(context: CanvasRenderingContext2D, width: number, height: number): void {
    const scene = this.#scene();
    const { theme, curves, logarithmic } = scene;
    const { x } = this;
    const shown = curves.map((curve) => this.#shown(curve, scene.normalised));
    Object.assign(this.sheet.canvas, { drawn: { curves, band: scene.band, range: this.range } });
    const span: readonly [number, number] = [height - ROOM.bottom + 4, ROOM.top];
    const domain = intensityRange(
      shown.map(({ visible }) => visible),
      logarithmic,
    );
    const y = logarithmic ? logScale(domain, span) : scale(domain, span);
    this.#paintBand(context, scene, x, span);
    context.save();
    context.beginPath();
    context.rect(x.range[0], 0, x.range[1] - x.range[0], span[0] + 1);
    context.clip();
    for (const { curve, values } of shown) this.#paintCurve(context, theme, { ...curve, values }, x, y);
    context.restore();
    drawAxes(context, theme, {
      x,
      y,
      xTitle: scene.energyTitle,
      yTitle: scene.normalised ? "Intensity (normalised)" : scene.intensityTitle,
      ...(logarithmic ? { yTicks: logTicks(domain) } : {}),
    });
    if (scene.energy !== undefined) this.#paintEnergy(context, theme, scene.energy, x, span);
    if (!shown.some(({ visible }) => visible.some(Number.isFinite)) && curves.length > 0) {
      context.font = `12px ${FAMILY}`;
      context.fillStyle = theme.muted;
      context.textAlign = "center";
      context.fillText("no finite value in these energies", (x.range[0] + x.range[1]) / 2, (span[0] + span[1]) / 2);
    }
    void width;
  }

  /** A curve as it is drawn, and those of its values that lie in the energies shown. */
  #shown(curve: Curve, isNormalised: boolean): { curve: Curve; values: Float32Array; visible: Float32Array } {
    const [a, b] = [this.channelAt(this.range[0]), this.channelAt(this.range[1])];
    const perValue = curve.step === 1 ? 1 : curve.step / 2;
    const from = Math.max(0, Math.floor((Math.min(a, b) - curve.first) / perValue));
    const to = Math.ceil((Math.max(a, b) + 1 - curve.first) / perValue);
    const visible = curve.values.subarray(from, Math.max(from, to));
    if (!isNormalised) return { curve, values: curve.values, visible };
    const most = visible.reduce((sum, value) => (value > sum ? value : sum), 0);
    const factor = most > 0 ? 1 / most : 1;
    return { curve, values: curve.values.map((v) => v * factor), visible: visible.map((v) => v * factor) };
  }

  #paintCurve(context: CanvasRenderingContext2D, theme: Theme, curve: Curve, x: Scale, y: Scale): void {
    const { offset, scale: step } = this.axis;
    const perValue = curve.step === 1 ? 1 : curve.step / 2;
    const first = curve.first + (curve.step === 1 ? 0 : (curve.step / 2 - 1) / 2);
    context.save();
    context.beginPath();
    traceCurve(context, { values: curve.values, offset: offset + step * first, scale: step * perValue }, x, y);
    context.lineJoin = "round";
    context.lineCap = "round";
    context.lineWidth = typeof curve.colour === "number" ? 1.9 : 1.3;
    context.strokeStyle = colourOf(curve.colour, theme);
    if (curve.colour === "cursor") context.globalAlpha = 0.8;
    context.stroke();
    context.restore();
  }

  #paintBand(
    context: CanvasRenderingContext2D,
    { band, theme }: SpectrumScene,
    x: Scale,
    [bottom, top]: readonly [number, number],
  ): void {
    const [left, right] = band.map((energy) => Math.max(x.range[0], Math.min(x.range[1], x.pixel(energy))));
    if (right - left < 0.5) return;
    const brand = theme.dark ? "95,170,240" : "25,118,210";
    context.fillStyle = `rgba(${brand},0.14)`;
    context.fillRect(left, top, right - left, bottom - top);
    context.fillStyle = `rgba(${brand},0.75)`;
    for (const at of [left, right]) {
      context.fillRect(Math.round(at) - 0.5, top, 1, bottom - top);
      context.beginPath();
      context.roundRect(Math.round(at) - 2, (top + bottom) / 2 - 9, 4, 18, 2);
      context.fill();
    }
  }

  #paintEnergy(
    context: CanvasRenderingContext2D,
    theme: Theme,
    energy: number,
    x: Scale,
    [bottom, top]: readonly [number, number],
  ): void {
    const at = crisp(x.pixel(energy));
    if (at < x.range[0] || at > x.range[1]) return;
    context.save();
    context.strokeStyle = theme.muted;
    context.setLineDash([3, 3]);
    context.beginPath();
    context.moveTo(at, top);
    context.lineTo(at, bottom);
    context.stroke();
    context.restore();
  }
}

/** The colour of a curve. */
export function colourOf(colour: Curve["colour"], theme: Theme): string {
  if (typeof colour === "number") return theme.accents[colour % theme.accents.length];
  return colour === "cursor" ? theme.ink : theme.muted;
}

/** An energy with as many digits as a channel is wide. */
export function energyWords(energy: number, { scale: step }: Axis): string {
  const digits = Math.min(20, Math.max(0, Math.ceil(-Math.log10(Math.abs(step)) - 1e-9)));
  return energy.toFixed(digits).replace("-", "\u2212");
}
