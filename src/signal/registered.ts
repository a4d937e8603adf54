import { SpecbookError } from "../core/errors";
import { checkMemory } from "../core/memory";
import type { Pace } from "../core/pace";
import { type Axis, axis } from "../data";
import { checkSignal } from "./check-signal";
import { layoutOf, remade, type SignalValue } from "./signal-value";

/** Part of a scan, each bound [first, last + 1]. */
export interface Kept {
  readonly rows: readonly [number, number];
  readonly columns: readonly [number, number];
}

/** What to make of the registered frames, and how the history tells it. */
export interface RegisteredOptions {
  readonly call: string;
  readonly by: "sum" | "mean";
  readonly options: Readonly<Record<string, unknown>>;
}

/** Throws unless there are frames of one kind, shape and energy axis. */
export function checkFrames(call: string, frames: readonly SignalValue[], kinds: ("image" | "spectrum-image")[]): void {
  const refuse = (got: string) =>
    new SpecbookError("ShapeError", `${call} needs frames of one field`, {
      got,
      needed: "a list of two frames or more, of one kind and size",
      remedy: `give the frames in brackets: ${call}([first, second, third])`,
    });
  if (!Array.isArray(frames)) throw refuse("no list");
  if (frames.length < 2) throw refuse(`${frames.length} frame(s)`);
  const list: readonly SignalValue[] = frames;
  for (const [i, frame] of list.entries()) {
    checkSignal(call, frame, kinds);
    const same = frame.kind === list[0].kind && frame.shape.every((size, side) => size === list[0].shape[side]);
    if (!same) throw refuse(`frame 0 of ${list[0].shape.join(" x ")}, frame ${i} of ${frame.shape.join(" x ")}`);
    checkEnergies(call, list[0], frame, i);
  }
}

/** Channels of one number but other energies must not be added up. */
function checkEnergies(call: string, first: SignalValue, frame: SignalValue, i: number): void {
  if (first.kind === "image" || frame.kind === "image") return;
  const [a, b] = [first.axes.energy, frame.axes.energy];
  const near = (x: number, y: number) => Math.abs(x - y) < 1e-3 * Math.abs(a.scale);
  if (a.units === b.units && near(a.offset, b.offset) && near(a.scale * a.size, b.scale * b.size)) return;
  const digits = (value: number) => Number(value.toPrecision(6));
  const words = ({ offset, scale, size, units }: Axis) =>
    `${digits(offset)} to ${digits(offset + scale * (size - 1))} ${units}`;
  throw new SpecbookError("AxisError", `${call} needs frames on one energy axis`, {
    got: `frame 0 from ${words(a)}, frame ${i} from ${words(b)}`,
    needed: "the same energies in every frame",
    remedy: "bring the frames onto one axis first: resample(frame, { energy: first.axes.energy, outside: 0 })",
  });
}

/** Frames moved by their shifts and added up, where all of them have something to show. */
export async function registered<T extends SignalValue>(
  frames: readonly T[],
  shifts: Float64Array,
  { call, by, options }: RegisteredOptions,
  pace: Pace,
): Promise<{ sum: T; kept: Kept }> {
  const [first] = frames;
  const { rows, columns, channels } = layoutOf(first);
  const kept = commonPart([rows, columns], shifts);
  const [top, bottom] = kept.rows;
  const [left, right] = kept.columns;
  const size = (bottom - top) * (right - left) * channels;
  checkMemory(4 * size, `the sum of ${frames.length} frames, ${size} values`, "bin or crop the frames first");
  const data = new Float32Array(size);
  const line = new Float64Array(channels);
  const share = by === "mean" ? 1 / frames.length : 1;
  let to = 0;
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      line.fill(0);
      for (const [i, frame] of frames.entries()) {
        addAt(frame.data, { columns, channels }, row - shifts[2 * i], column - shifts[2 * i + 1], line);
      }
      for (let c = 0; c < channels; c++) data[to++] = line[c] * share;
    }
    await pace.step();
  }
  const y = { ...first.axes.y };
  const x = { ...first.axes.x };
  const axes = {
    y: axis(y.name, bottom - top, { ...y, offset: y.offset + y.scale * top }),
    x: axis(x.name, right - left, { ...x, offset: x.offset + x.scale * left }),
  };
  const record = { ...options, frames: frames.length, shifts: Array.from(shifts), kept };
  return { sum: remade(first, data, axes, call, record), kept };
}

/** Rounding of shifts that are meant to be whole. */
const SLACK = 1e-9;

function commonPart(scan: readonly [number, number], shifts: Float64Array): Kept {
  const [rows, columns] = [0, 1].map((side): readonly [number, number] => {
    const along = Array.from({ length: shifts.length / 2 }, (_, i) => shifts[2 * i + side]);
    const first = Math.ceil(Math.max(...along) - SLACK);
    const last = Math.floor(scan[side] - 1 + Math.min(...along) + SLACK);
    return [Math.max(0, first), Math.min(scan[side], last + 1)];
  });
  if (rows[0] < rows[1] && columns[0] < columns[1]) return { rows, columns };
  throw new SpecbookError("ShapeError", "the frames have no part in common after the shift", {
    got: `shifts of ${Array.from(shifts, (v) => Number(v.toFixed(2))).join(", ")} pixels on ${scan.join(" x ")} pixels`,
    needed: "shifts smaller than the frames",
    remedy: "leave out the frames that are far off, or limit the search with maxShift",
  });
}

/** Adds the values at a place between pixels, linear along both sides. */
function addAt(
  data: Float32Array,
  { columns, channels }: { columns: number; channels: number },
  row: number,
  column: number,
  line: Float64Array,
): void {
  const top = Math.floor(row + SLACK);
  const left = Math.floor(column + SLACK);
  const [down, across] = [Math.max(0, row - top), Math.max(0, column - left)];
  for (const [dy, wy] of [
    [0, 1 - down],
    [1, down],
  ]) {
    for (const [dx, wx] of [
      [0, 1 - across],
      [1, across],
    ]) {
      const weight = wy * wx;
      if (weight <= SLACK) continue; // also keeps the neighbour beyond the last pixel out
      const from = ((top + dy) * columns + left + dx) * channels;
      for (let c = 0; c < channels; c++) line[c] += weight * data[from + c];
    }
  }
}
