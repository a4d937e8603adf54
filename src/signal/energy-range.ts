import { SpecbookError } from "../core/errors";
import type { Axis } from "../data";

/** Channels of an energy axis, the end one past the last. */
export interface ChannelRange {
  readonly first: number;
  readonly end: number;
}

/** A share of a channel that rounding may cost. */
const SLACK = 1e-6;

/**
 * The channels whose centres lie between two energies, both included; the axis may rise or fall. A limit may lie up to
 * half a channel beyond the first and last centre, where their channels still reach.
 *
 * @throws OptionError for limits that are no numbers or in the wrong order, AxisError for limits outside the axis, or
 * between two neighbouring centres
 */
export function energyChannels(call: string, axis: Axis, range: readonly [number, number]): ChannelRange {
  const [from, to] = range;
  const written = `[${from}, ${to}] ${axis.units}`;
  const [low, high] = reach(axis);
  const bounds = `${format(low)} to ${format(high)} ${axis.units}`;
  if (!(Number.isFinite(from) && Number.isFinite(to) && from < to)) {
    throw new SpecbookError("OptionError", `${call} cannot use this energy range`, {
      got: written,
      needed: `[from, to] with from < to, in ${axis.units}`,
      remedy: `the axis runs from ${bounds}`,
    });
  }
  const slack = SLACK * Math.abs(axis.scale);
  if (from < low - slack || to > high + slack) {
    throw new SpecbookError("AxisError", `${call}: the energy range leaves the axis`, {
      got: written,
      needed: `within ${bounds}`,
      remedy: "take limits inside the axis; energies are those of the axis, not channel numbers",
    });
  }
  const ends = [(from - axis.offset) / axis.scale, (to - axis.offset) / axis.scale].sort((a, b) => a - b);
  const first = Math.max(0, Math.ceil(ends[0] - SLACK));
  const end = Math.min(axis.size, Math.floor(ends[1] + SLACK) + 1);
  if (first < end) return { first, end };
  throw new SpecbookError("AxisError", `${call}: no channel lies in the energy range`, {
    got: `${written} on an axis with a step of ${format(Math.abs(axis.scale))} ${axis.units}`,
    needed: "at least one channel centre between the two limits",
    remedy: "make the range wider than one channel",
  });
}

/** Lower and upper edge of the axis: half a channel beyond the outermost centres. */
function reach({ offset, scale, size }: Axis): readonly [number, number] {
  const edges = [offset - scale / 2, offset + scale * (size - 0.5)];
  return scale > 0 ? [edges[0], edges[1]] : [edges[1], edges[0]];
}

const format = (value: number): string => String(Number(value.toPrecision(6)));
