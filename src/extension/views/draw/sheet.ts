/** A canvas that fills its box and is sharp on every screen. */
export interface Sheet {
  readonly canvas: HTMLCanvasElement;
  /** Size in CSS pixels, the unit of everything that is drawn. */
  readonly width: number;
  readonly height: number;
  /** Paints it anew before the browser shows its next frame; however often it is asked in between. */
  redraw(): void;
  /** Ends it; what a view returns from `render` calls this. */
  dispose(): void;
}

/** Paints a sheet of the given size in CSS pixels, from an empty one. */
export type Paint = (context: CanvasRenderingContext2D, width: number, height: number) => void;

/** JupyterLab hides the page while it changes its theme, too briefly for the box to be seen to change: ms until it is back. */
const HIDDEN = [200, 600, 2000];

/** Puts a sheet into a box, whose own style sets its size; it is painted again whenever that changes. */
export function sheet(box: HTMLElement, paint: Paint): Sheet {
  const canvas = document.createElement("canvas");
  canvas.style.cssText = "display:block;width:100%;height:100%";
  box.append(canvas);
  const context = canvas.getContext("2d") as CanvasRenderingContext2D; // null only where another kind was asked for first
  let frame = 0;
  let tries = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const now = () => {
    frame = 0;
    const { width, height } = canvas.getBoundingClientRect();
    if (width === 0 || height === 0) {
      if (tries < HIDDEN.length) timer = setTimeout(redraw, HIDDEN[tries++]);
      return;
    }
    tries = 0;
    const [across, down] = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)];
    if (canvas.width !== across || canvas.height !== down) Object.assign(canvas, { width: across, height: down });
    context.setTransform(across / width, 0, 0, down / height, 0, 0);
    context.clearRect(0, 0, width, height);
    paint(context, width, height);
  };
  const redraw = () => {
    if (frame === 0) frame = requestAnimationFrame(now);
  };
  const observer = new ResizeObserver(redraw);
  observer.observe(box);
  const forgetScreen = onScreenChange(redraw);
  return {
    canvas,
    get width() {
      return canvas.clientWidth;
    },
    get height() {
      return canvas.clientHeight;
    },
    redraw,
    dispose: () => {
      observer.disconnect();
      forgetScreen();
      clearTimeout(timer);
      cancelAnimationFrame(frame);
      canvas.remove();
    },
  };
}

/** Calls a listener when the window moves to a screen of other pixels, where no box changes its size; returns what ends that. */
function onScreenChange(listener: () => void): () => void {
  let screen: MediaQueryList;
  const follow = () => {
    screen = matchMedia(`(resolution: ${devicePixelRatio}dppx)`); // true until the next change only
    screen.addEventListener("change", change);
  };
  const forget = () => screen.removeEventListener("change", change);
  const change = () => {
    forget();
    follow();
    listener();
  };
  follow();
  return forget;
}

/** Where a pointer is on a canvas, in CSS pixels. */
export function place(event: MouseEvent, canvas: HTMLElement): readonly [number, number] {
  const { left, top } = canvas.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
}
