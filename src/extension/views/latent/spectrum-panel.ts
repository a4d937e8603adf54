import type { Axis } from "../../../data/axis";
import { energyTitle } from "../../../plot/words";
import { drawAxes, ROOM } from "../draw/axes";
import { type Curve, fillBand, traceCurve } from "../draw/curve";
import { scale } from "../draw/scale";
import { type Sheet, sheet } from "../draw/sheet";
import type { Theme } from "../draw/theme";

/** The spectra that may be shown together; undefined for one that is not there. */
export interface ShownSpectra {
  here?: Float32Array;
  measured?: Float32Array;
  decoded?: Float32Array;
  mean?: Float32Array;
  /** Standard deviation about the mean. */
  deviation?: Float32Array;
}

/** What spectra are drawn over. */
export interface SpectrumScales {
  readonly energy: Axis;
  /** Smallest and largest usual value. */
  readonly usual: readonly [number, number];
  readonly intensityTitle: string;
}

/** Spectra over the energy axis, in one intensity scale that grows where a spectrum needs more. */
export function spectrumPanel(
  box: HTMLElement,
  shown: ShownSpectra,
  { energy, usual, intensityTitle }: SpectrumScales,
  theme: () => Theme,
): Sheet {
  return sheet(box, (context, width, height) => {
    const colours = theme();
    const ends = [energy.offset, energy.offset + energy.scale * (energy.size - 1)] as const;
    const x = scale(ends[0] < ends[1] ? ends : [ends[1], ends[0]], [ROOM.left + 4, width - ROOM.right]);
    const y = scale(heights(shown, usual), [height - ROOM.bottom, ROOM.top]);
    const curve = (values: Float32Array): Curve => ({ values, offset: energy.offset, scale: energy.scale });
    const stroke = (values: Float32Array | undefined, colour: string, lineWidth: number, dash: number[] = []) => {
      if (values === undefined) return;
      context.beginPath();
      traceCurve(context, curve(values), x, y);
      context.strokeStyle = colour;
      context.lineWidth = lineWidth;
      context.lineJoin = "round";
      context.lineCap = "round";
      context.setLineDash(dash);
      context.stroke();
      context.setLineDash([]);
    };
    const { here, measured, decoded, mean, deviation } = shown;
    if (mean !== undefined && deviation !== undefined) {
      const low = mean.map((value, i) => value - deviation[i]);
      const high = mean.map((value, i) => value + deviation[i]);
      context.globalAlpha = 0.16;
      fillBand(context, curve(low), curve(high), x, y, colours.accents[3]);
      context.globalAlpha = 1;
    }
    stroke(measured, colours.muted, 1);
    stroke(mean, colours.accents[3], 1.8);
    stroke(decoded, colours.accents[1], 1.8);
    stroke(here, colours.accents[0], 2);
    drawAxes(context, colours, { x, y, xTitle: energyTitle(energy), yTitle: intensityTitle });
  });
}

/** From the usual smallest to the usual largest value, further where a curve goes. */
function heights({ here, decoded, measured, mean }: ShownSpectra, usual: readonly [number, number]): [number, number] {
  let [low, high] = usual;
  for (const values of [here, decoded, measured, mean]) {
    for (const value of values ?? []) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  const room = 0.04 * (high - low) || 1;
  return [low >= 0 && low < 0.1 * high ? 0 : low - room, high + room];
}
