import { isSpecbookError } from "../../../src/core/errors";
import { withDrafts } from "../../../src/io/formats";
import { inspect, read } from "../../../src/io/read";
import type { AxisInfo, Signal, SignalInfo } from "../../../src/io/signals";
import { conversion } from "../../../src/io/units";

/** An axis as a peer gives it; nothing but the size where it knows nothing. */
export interface PeerAxis {
  readonly name: string;
  readonly size: number;
  readonly units?: string;
  readonly offset?: number;
  readonly scale?: number;
  readonly navigate?: boolean;
}

/** A signal as a peer reads it. */
export interface PeerSignal {
  readonly title: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly axes: readonly PeerAxis[];
  readonly min: number | null;
  readonly max: number | null;
  readonly sum: number;
  /** Sum of the magnitudes. */
  readonly absolute: number;
  readonly nonFinite: number;
}

/** A file as a peer reads it. */
export interface PeerResult {
  /** Empty where no peer reads this kind of file. */
  readonly peer: string;
  readonly signals?: readonly PeerSignal[];
  /** What the peer says where it reads nothing. */
  readonly error?: string;
  /** What rosettasciio says where a plainer reader took its place. */
  readonly refused?: string;
  /** Where a file of an archive was unpacked. */
  readonly at?: string;
}

/** A file read by both. */
export interface Outcome {
  readonly file: string;
  readonly peer: string;
  readonly state: "same" | "differs" | "only specbook" | "only the peer" | "neither";
  readonly infos: readonly SignalInfo[];
  /** For each of them: whether a block is read without the whole. */
  readonly seekable: readonly boolean[];
  /** Signals of the peer. */
  readonly expected: number;
  readonly differences: readonly string[];
  /** What specbook says where it reads nothing, or reads it only with an option. */
  readonly said: string;
}

/** float32 rounds each number by 6e-8 at most: a sum of magnitudes stays well within. */
const RELATIVE = 1e-6;

/**
 * Reads a file with specbook and compares it with what the peer found: shapes, order, calibration and units of the axes
 * (in eV and nm), smallest and largest value and sums. Axes of one point are left out, and so is the calibration of an
 * axis to which the peer gives no units.
 */
export async function compareFile(file: string, path: string, found: PeerResult): Promise<Outcome> {
  const own = await readOwn(path);
  const expected = found.signals ?? [];
  const base = {
    file,
    peer: found.peer,
    infos: own.infos,
    seekable: own.seekable,
    expected: expected.length,
    said: own.said,
  };
  const isRead = own.signals.length > 0;
  if (expected.length === 0) return { ...base, state: isRead ? "only specbook" : "neither", differences: [] };
  if (!isRead) return { ...base, state: "only the peer", differences: [] };
  const differences = compareSignals(own.signals, expected);
  return { ...base, state: differences.length === 0 ? "same" : "differs", differences };
}

interface OwnSignal {
  readonly info: SignalInfo;
  readonly sum: number;
  readonly absolute: number;
  readonly min: number;
  readonly max: number;
}

interface OwnFile {
  readonly infos: readonly SignalInfo[];
  readonly seekable: readonly boolean[];
  readonly signals: readonly OwnSignal[];
  readonly said: string;
}

async function readOwn(path: string): Promise<OwnFile> {
  try {
    const seekable = await withDrafts(path, (drafts) => drafts.map(({ isSeekable = true }) => isSeekable));
    const infos = await inspect(path);
    let said = "";
    const signals = await read(path).catch((error: unknown) => {
      if (!isSpecbookError(error, "AxisError")) throw error;
      said = `asks for the energy axis: ${error.got}`;
      return read(path, { energy: { units: "channel" } });
    });
    return { infos, seekable, signals: signals.map((signal, i) => ({ info: infos[i], ...totals(signal) })), said };
  } catch (error) {
    if (!isSpecbookError(error)) throw error;
    return {
      infos: [],
      seekable: [],
      signals: [],
      said: `${error.tag}: ${error.message.split("\n")[0]}; ${error.got}`,
    };
  }
}

function totals({ data }: Signal): Omit<OwnSignal, "info"> {
  let [sum, absolute, min, max] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    if (!Number.isFinite(value)) continue;
    sum += value;
    absolute += Math.abs(value);
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { sum, absolute, min, max };
}

function compareSignals(own: readonly OwnSignal[], expected: readonly PeerSignal[]): string[] {
  const left = new Set(own);
  return expected.flatMap((peer) => {
    const what = `${peer.title || "signal"} ${peer.shape.join(" x ")}`;
    const close = [...left].filter(({ absolute, sum }) => isClose(absolute, peer) && isClose(sum, peer, peer.sum));
    for (const axes of ordersOf(peer.axes)) {
      const match = close.find(({ info }) => sizes(info.axes).join() === sizes(axes).join());
      if (match === undefined) continue;
      left.delete(match);
      return [...compareRange(match, peer, what), ...compareAxes(match.info, axes, what)];
    }
    const turned = close.find(({ info }) => sizes(info.axes).sort().join() === sizes(peer.axes).sort().join());
    return [turned === undefined ? `${what}: not among ours` : `${what}: ours is ${turned.info.shape.join(" x ")}`];
  });
}

/** The order of the file, and with the spectral axis last, as we have it: the axis of an energy, or the only signal axis. */
function ordersOf(axes: readonly PeerAxis[]): readonly (readonly PeerAxis[])[] {
  const energies = axes.filter(
    ({ name, units = "" }) => conversion(units).measure === "energy" || name === "Wavelength",
  );
  const signals = axes.filter(({ navigate }) => navigate === false);
  const [spectral] = signals.length === 1 ? signals : energies;
  return [axes, ...(spectral === undefined ? [] : [[...axes.filter((axis) => axis !== spectral), spectral]])];
}

function wide<T extends { readonly size: number }>(axes: readonly T[]): T[] {
  return axes.filter(({ size }) => size > 1);
}

function sizes(axes: readonly { readonly size: number }[]): number[] {
  return wide(axes).map(({ size }) => size);
}

function isClose(value: number, peer: PeerSignal, wanted = peer.absolute): boolean {
  return Math.abs(value - wanted) <= RELATIVE * peer.absolute;
}

function compareRange(own: OwnSignal, peer: PeerSignal, what: string): string[] {
  const scale = Math.max(Math.abs(peer.min ?? 0), Math.abs(peer.max ?? 0));
  const wrong = (["min", "max"] as const).filter((side) => {
    const wanted = peer[side];
    return wanted !== null && !(Math.abs(own[side] - wanted) <= RELATIVE * scale);
  });
  return wrong.map((side) => `${what}: ${side} ${own[side]} for ${peer[side]}`);
}

function compareAxes(info: SignalInfo, axes: readonly PeerAxis[], what: string): string[] {
  const own = wide(info.axes);
  return wide(axes).flatMap((peer, i) => {
    const difference = axisDifference(own[i], peer);
    return difference === undefined ? [] : [`${what}: axis ${i} ${difference}`];
  });
}

function axisDifference(own: AxisInfo, { units = "", offset, scale, size }: PeerAxis): string | undefined {
  if (offset === undefined || scale === undefined) return undefined;
  const { measure, units: converted, factor } = conversion(units.replaceAll(/[[\]]/g, ""));
  if (measure === "none" && (own.units === "px" || own.units === "channel")) return undefined;
  const isUnit = own.units.replaceAll(" ", "") === converted.replaceAll(" ", "");
  const isStep = Math.abs(own.scale - scale * factor) <= RELATIVE * Math.abs(scale * factor);
  const isStart = Math.abs(own.offset - offset * factor) <= RELATIVE * Math.abs(scale * factor) * size + 1e-9;
  if ((isUnit || own.problem !== undefined) && isStep && isStart) return undefined;
  return `from ${own.offset} in steps of ${own.scale} ${own.units} for ${offset}, ${scale} ${units}`;
}
