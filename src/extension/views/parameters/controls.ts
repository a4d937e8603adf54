import { atPlace, type Control, type ParameterValue, PLACES } from "../../../views/parameter-messages";

/** One row of the panel. */
export interface Row {
  readonly name: string;
  readonly element: HTMLElement;
  /** Shows a value; not in a control that is being moved. */
  show(value: ParameterValue): void;
}

type SliderControl = Extract<Control, { kind: "slider" }>;

/** The row of a parameter; `change` is told each value that it is given by hand. */
export function makeRow(control: Control, change: (value: ParameterValue) => void): Row {
  const element = document.createElement("div");
  element.className = "sb-row";
  element.dataset.name = control.name;
  const label = document.createElement("label");
  label.textContent = control.label;
  label.title = control.label;
  const { field, focus, show } = fieldOf(control, change);
  focus.id = `sb-${control.name}-${Math.random().toString(36).slice(2, 8)}`;
  label.htmlFor = focus.id;
  element.append(label, field);
  show(control.value);
  return { name: control.name, element, show };
}

interface Field {
  readonly field: HTMLElement;
  readonly focus: HTMLElement;
  show(value: ParameterValue): void;
}

function fieldOf(control: Control, change: (value: ParameterValue) => void): Field {
  switch (control.kind) {
    case "slider":
      return sliderField(control, change);
    case "check": {
      const box = input("checkbox");
      box.addEventListener("change", () => change(box.checked));
      const show = (value: ParameterValue) => {
        box.checked = value === true;
      };
      return { field: box, focus: box, show };
    }
    case "choice": {
      const select = document.createElement("select");
      for (const option of control.options) select.append(new Option(String(option)));
      select.addEventListener("change", () => change(control.options[select.selectedIndex]));
      const show = (value: ParameterValue) => {
        select.selectedIndex = control.options.indexOf(value as string | number); // of one of them
      };
      return { field: select, focus: select, show };
    }
    case "text": {
      const text = input("text");
      const isTyped = followTyping(text);
      text.addEventListener("change", () => change(text.value));
      const show = (value: ParameterValue) => {
        if (!isTyped()) text.value = String(value);
      };
      return { field: text, focus: text, show };
    }
  }
}

function sliderField(control: SliderControl, change: (value: number) => void): Field {
  const field = document.createElement("div");
  field.className = "sb-slide";
  const range = input("range");
  const places = placesOf(control);
  Object.assign(range, { min: "0", max: String(places), step: "1" });
  const text = input("text");
  text.inputMode = "decimal";
  text.setAttribute("aria-label", `${control.label}, value`);
  const units = document.createElement("small");
  units.textContent = control.units;
  field.append(range, text, ...(control.units === "" ? [] : [units]));
  let isHeld = false;
  const isTyped = followTyping(text);
  const write = (value: number) => {
    text.value = words(value);
    text.removeAttribute("aria-invalid");
    range.setAttribute("aria-valuetext", `${text.value} ${control.units}`.trim());
  };
  range.addEventListener("pointerdown", () => {
    isHeld = true;
  });
  for (const end of ["pointerup", "pointercancel", "change"]) {
    range.addEventListener(end, () => {
      isHeld = false;
    });
  }
  range.addEventListener("input", () => {
    const value = valueAt(control, range.valueAsNumber);
    write(value);
    change(value);
  });
  text.addEventListener("change", () => {
    const value = Number(text.value.replace(",", "."));
    const isUsable = text.value.trim() !== "" && value >= control.from && value <= control.to;
    text.setAttribute("aria-invalid", String(!isUsable));
    text.title = isUsable ? "" : `a number from ${words(control.from)} to ${words(control.to)}`;
    if (isUsable) change(value);
  });
  const show = (value: ParameterValue) => {
    if (isHeld || typeof value !== "number") return;
    range.value = String(placeOf(control, value));
    if (!isTyped() && (document.activeElement !== text || text.getAttribute("aria-invalid") !== "true")) write(value);
  };
  return { field, focus: range, show };
}

/** Tells whether something stands in a field that was typed and is not finished: a value that is shown must not replace it. */
function followTyping(field: HTMLInputElement): () => boolean {
  let isTyped = false;
  field.addEventListener("input", () => {
    isTyped = true;
  });
  for (const end of ["change", "blur"]) {
    field.addEventListener(end, () => {
      isTyped = false;
    });
  }
  return () => isTyped;
}

/** How many steps a slider has. */
function placesOf({ from, to, step, log }: SliderControl): number {
  return step > 0 && !log ? Math.max(1, Math.round((to - from) / step)) : PLACES;
}

function valueAt(control: SliderControl, place: number): number {
  const { from, to, step, log } = control;
  const share = place / placesOf(control);
  if (share === 0 || share === 1) return share === 0 ? from : to;
  if (log) return atPlace(from * (to / from) ** share, control);
  return step > 0 ? Number((from + place * step).toPrecision(12)) : atPlace(from + (to - from) * share, control);
}

function placeOf(control: SliderControl, value: number): number {
  const { from, to, log } = control;
  const share = log ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
  return Math.round(share * placesOf(control));
}

/** A number as people write it: 0.001 and 12000, but 1e-5 and 2e7. */
function words(value: number): string {
  const magnitude = Math.abs(value);
  const short = Number(value.toPrecision(6));
  return magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e6) ? short.toExponential() : String(short);
}

function input(type: string): HTMLInputElement {
  const element = document.createElement("input");
  element.type = type;
  return element;
}
