import { vi } from "vitest";

/** An element with what the views use of one, for tests of them without a browser: nothing is laid out or drawn. */
export class PageElement extends EventTarget {
  [property: string]: unknown;
  readonly children: (PageElement | string)[] = [];
  readonly dataset: Record<string, string> = {};
  readonly attributes = new Map<string, string>();
  readonly style: Record<string, unknown> = { setProperty: () => {} };
  readonly classList = { add: () => {}, remove: () => {}, toggle: () => {} };
  parent: PageElement | undefined;
  value = "";
  /** Names of the methods of a canvas's context that were called, and what with. */
  readonly drawn: (readonly [string, ...unknown[]])[] = [];

  constructor(readonly tag: string) {
    super();
  }

  append(...children: (PageElement | string)[]): void {
    for (const child of children) if (child instanceof PageElement) child.parent = this;
    this.children.push(...children);
  }
  prepend(...children: (PageElement | string)[]): void {
    this.children.unshift(...children);
  }
  replaceChildren(...children: (PageElement | string)[]): void {
    for (const child of this.children) if (child instanceof PageElement) child.parent = undefined;
    this.children.length = 0;
    this.append(...children);
  }
  remove(): void {
    const at = this.parent?.children.indexOf(this) ?? -1;
    if (at >= 0) this.parent?.children.splice(at, 1);
    this.parent = undefined;
  }
  contains(other: unknown): boolean {
    return other === this || this.children.some((child) => child instanceof PageElement && child.contains(other));
  }
  get firstChild(): PageElement | string | undefined {
    return this.children[0];
  }
  get textContent(): string {
    return this.children.map((child) => (typeof child === "string" ? child : child.textContent)).join("");
  }
  set textContent(text: string) {
    this.replaceChildren(text);
  }
  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }
  getAttribute(name: string): string | null {
    return this.attributes.get(name) ?? null;
  }
  removeAttribute(name: string): void {
    this.attributes.delete(name);
  }
  /** Every element below with this tag. */
  all(tag: string): PageElement[] {
    const own = this.children.filter((child) => child instanceof PageElement);
    return own.flatMap((child) => [...(child.tag === tag ? [child] : []), ...child.all(tag)]);
  }
  focus(): void {
    stubbedDocument().activeElement = this;
  }
  setPointerCapture(): void {}
  getBoundingClientRect() {
    return { left: 0, top: 0, width: 400, height: 300 };
  }
  get clientWidth(): number {
    return 400;
  }
  get clientHeight(): number {
    return 300;
  }
  getContext(): unknown {
    const { drawn } = this;
    const own: Record<string, unknown> = {
      canvas: this,
      measureText: (text: string) => ({ width: 6 * text.length }),
      createImageData: (width: number, height: number) => ({ data: new Uint8ClampedArray(4 * width * height) }),
    };
    const call =
      (name: string) =>
      (...given: unknown[]) =>
        void drawn.push([name, ...given]);
    return new Proxy(own, { get: (_, name: string) => own[name] ?? call(name) });
  }

  /** An event here; for those of a pointer at a place of the element, in CSS pixels. */
  tell(type: string, clientX = 0, clientY = 0, more: object = {}): Event {
    const pointer = { clientX, clientY, button: 0, pointerId: 1, isPrimary: true, shiftKey: false };
    const event = Object.assign(new Event(type, { cancelable: true }), pointer, more);
    this.dispatchEvent(event);
    return event;
  }
}

/** The document that `stubPage` has made. */
export function stubbedDocument(): { activeElement?: PageElement; head?: PageElement } {
  return (globalThis as unknown as { document: object }).document; // no type of a browser here
}

/** Makes a page for the views until `vi.unstubAllGlobals`; returns what draws all that waits for the next frame. */
export function stubPage(): () => void {
  const frames: (() => void)[] = [];
  class Observer {
    observe(): void {}
    disconnect(): void {}
  }
  class SizeObserver extends Observer {
    constructor(readonly told: () => void) {
      super();
    }
    override observe(): void {
      this.told(); // of the first size, as browsers do
    }
  }
  vi.stubGlobal("document", {
    createElement: (tag: string) => new PageElement(tag),
    body: new PageElement("body"),
    activeElement: undefined,
  });
  vi.stubGlobal("ResizeObserver", SizeObserver);
  vi.stubGlobal("MutationObserver", Observer);
  vi.stubGlobal("devicePixelRatio", 1);
  vi.stubGlobal("matchMedia", () => new EventTarget());
  vi.stubGlobal("requestAnimationFrame", (work: () => void) => frames.push(work));
  vi.stubGlobal("cancelAnimationFrame", () => {});
  vi.stubGlobal("getComputedStyle", () => ({ getPropertyValue: () => "", backgroundColor: "rgb(255, 255, 255)" }));
  vi.stubGlobal("Option", function option(this: unknown, text: string, value: string) {
    return Object.assign(new PageElement("option"), { value, textContent: text });
  });
  return () => {
    for (const work of frames.splice(0)) work();
  };
}

/** A file of src/extension/views, by a name that the compiler does not follow: they are typed for a browser. */
export function loadView(name: string): Promise<Record<string, (...given: never[]) => unknown>> {
  return import(/* @vite-ignore */ `../../src/extension/views/${name}`);
}
