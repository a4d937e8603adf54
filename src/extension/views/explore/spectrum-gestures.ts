import { channelBand } from "../../../views/channel-band";
import { place } from "../draw/sheet";
import type { SpectrumPanel } from "./spectrum-panel";

/** What a hand on the spectrum changes. */
export interface SpectrumActions {
  band(): readonly [number, number];
  /** Another band; `isFinal` at the end of the gesture. */
  choose(band: readonly [number, number], isFinal: boolean): void;
  /** The energy under the pointer; undefined when it left. */
  point(energy: number | undefined): void;
  /** Other energies are shown. */
  zoomed(): void;
}

/** Pixels beside an edge of the band where it can be taken. */
const REACH = 6;

type Grip = "from" | "to" | "move" | "new" | "pan";

/** What was taken, by which finger, pen or mouse, and how everything was then. */
interface Held {
  readonly grip: Grip;
  readonly pointer: number;
  readonly x: number;
  readonly band: readonly [number, number];
  readonly range: readonly [number, number];
}

/**
 * Pointer and keys on the spectrum: drag a band, its edges, or the whole of it; wheel and the keys + - 0 zoom, a drag below
 * the axis or with Shift pans, arrows move and widen the band.
 */
export function followSpectrum(panel: SpectrumPanel, actions: SpectrumActions): void {
  const { canvas } = panel.sheet;
  canvas.tabIndex = 0;
  let held: Held | undefined;
  let hasMoved = false;
  const bandOf = (one: number, other: number) => channelBand(panel.axis, Math.min(one, other), Math.max(one, other));

  const gripAt = (event: PointerEvent): Grip => {
    const [x, y] = place(event, canvas);
    if (event.shiftKey || y > panel.floor + 2) return "pan";
    const [from, to] = actions.band().map((energy) => panel.x.pixel(energy));
    if (Math.abs(x - from) <= REACH || Math.abs(x - to) <= REACH) {
      return Math.abs(x - from) < Math.abs(x - to) ? "from" : "to";
    }
    return x > from && x < to ? "move" : "new";
  };
  const drag = (event: PointerEvent, isFinal: boolean) => {
    if (held === undefined) return;
    const [x] = place(event, canvas);
    if (Math.abs(x - held.x) > 2) hasMoved = true;
    const { grip, band } = held;
    if (grip === "pan") {
      const shift = panel.x.value(held.x) - panel.x.value(x);
      panel.show(held.range[0] + shift, held.range[1] + shift);
      return actions.zoomed();
    }
    if (!hasMoved) return; // a click changes nothing, so that no cell is stale for it
    const energy = panel.x.value(x);
    const channels = band.map((edge, side) =>
      panel.channelAt(edge + (side === 0 ? 0.5 : -0.5) * Math.abs(panel.axis.scale)),
    );
    if (grip === "new")
      actions.choose(bandOf(panel.channelAt(panel.x.value(held.x)), panel.channelAt(energy)), isFinal);
    else if (grip === "from") actions.choose(bandOf(panel.channelAt(energy), channels[1]), isFinal);
    else if (grip === "to") actions.choose(bandOf(channels[0], panel.channelAt(energy)), isFinal);
    else if (grip === "move")
      moveBand(channels, panel.channelAt(energy) - panel.channelAt(panel.x.value(held.x)), isFinal);
  };
  const moveBand = ([one, other]: readonly number[], by: number, isFinal: boolean) => {
    const [first, last] = [Math.min(one, other), Math.max(one, other)];
    const shift = Math.max(-first, Math.min(panel.axis.size - 1 - last, by));
    actions.choose(bandOf(first + shift, last + shift), isFinal);
  };

  const isOther = (event: PointerEvent) => held !== undefined && event.pointerId !== held.pointer;
  canvas.addEventListener("pointerdown", (event) => {
    if ((event.button !== 0 && event.button !== 1) || isOther(event)) return;
    canvas.setPointerCapture(event.pointerId);
    hasMoved = false;
    const grip = event.button === 1 ? "pan" : gripAt(event);
    const [x] = place(event, canvas);
    held = { grip, pointer: event.pointerId, x, band: actions.band(), range: panel.range };
  });
  canvas.addEventListener("pointermove", (event) => {
    if (isOther(event)) return;
    const [x] = place(event, canvas);
    const [left, right] = panel.x.range;
    actions.point(x >= left && x <= right ? panel.x.value(x) : undefined);
    if (held !== undefined) return drag(event, false);
    const cursors = { from: "ew-resize", to: "ew-resize", move: "grab", new: "crosshair", pan: "grab" };
    canvas.style.cursor = cursors[gripAt(event)];
  });
  canvas.addEventListener("pointerup", (event) => {
    if (isOther(event)) return;
    drag(event, true);
    held = undefined;
  });
  const breakOff = (event: PointerEvent) => {
    if (held === undefined || isOther(event)) return;
    if (held.grip !== "pan" && hasMoved) actions.choose(actions.band(), true); // such an event has no place of its own
    held = undefined;
  };
  canvas.addEventListener("pointercancel", breakOff);
  canvas.addEventListener("lostpointercapture", breakOff);
  canvas.addEventListener("pointerleave", () => actions.point(undefined));
  canvas.addEventListener("dblclick", () => zoomOut());
  canvas.addEventListener("wheel", (event) => wheel(event), { passive: false });
  canvas.addEventListener("keydown", (event) => key(event));

  const zoom = (factor: number, about: number) => {
    const [low, high] = panel.range;
    panel.show(about - (about - low) * factor, about + (high - about) * factor);
    actions.zoomed();
  };
  const zoomOut = () => {
    panel.show(...panel.whole);
    actions.zoomed();
  };
  const wheel = (event: WheelEvent) => {
    const [low, high] = panel.range;
    const isWhole = high - low >= (panel.whole[1] - panel.whole[0]) * (1 - 1e-9);
    const isAcross = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (isWhole && (isAcross || event.deltaY > 0)) return; // nothing more to see: the notebook scrolls
    event.preventDefault();
    const pixels = event.deltaMode === 0 ? 1 : 30;
    if (isAcross) {
      const shift = (event.deltaX * pixels * (high - low)) / (panel.x.range[1] - panel.x.range[0]);
      panel.show(low + shift, high + shift);
      actions.zoomed();
    } else
      zoom(
        Math.exp(Math.max(-120, Math.min(120, event.deltaY * pixels)) * 0.0022),
        panel.x.value(place(event, canvas)[0]),
      );
  };
  const key = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? 10 : 1;
    const direction = Math.sign(panel.axis.scale);
    const channels = actions
      .band()
      .map((edge, side) => panel.channelAt(edge + (side === 0 ? 0.5 : -0.5) * Math.abs(panel.axis.scale)));
    const widen = (by: number) => {
      const [first, last] = [Math.min(...channels) - by, Math.max(...channels) + by];
      if (first <= last) actions.choose(bandOf(Math.max(0, first), Math.min(panel.axis.size - 1, last)), true);
    };
    const middle = (panel.range[0] + panel.range[1]) / 2;
    const keys: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => moveBand(channels, -step * direction, true),
      ArrowRight: () => moveBand(channels, step * direction, true),
      ArrowUp: () => widen(step),
      ArrowDown: () => widen(-step),
      "+": () => zoom(0.8, middle),
      "-": () => zoom(1.25, middle),
      "0": zoomOut,
      Escape: zoomOut,
    };
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    event.stopPropagation(); // not the notebook's own keys
    keys[event.key]();
  };
}
