import { EXPLORE_COLOURS, type ExploreState } from "../../../views/explore-messages";

/** How a drag on a map draws. */
export type Tool = "rectangle" | "ellipse" | "polygon";

/** What the tools of the view do. */
export interface ToolActions {
  tool(tool: Tool): void;
  pin(): void;
  toggle(name: "logarithmic" | "normalised"): void;
  colours(name: ExploreState["colours"]): void;
  reset(): void;
}

/** The row of tools. */
export interface Tools {
  readonly element: HTMLElement;
  show(state: Pick<ExploreState, "logarithmic" | "normalised" | "colours" | "region">, tool: Tool): void;
}

const ICONS: Readonly<Record<Tool, string>> = {
  rectangle: '<rect x="2" y="3.5" width="12" height="9" rx=".5"/>',
  ellipse: '<ellipse cx="8" cy="8" rx="6" ry="4.6"/>',
  polygon: '<path d="M3 10.5C1 6 5 2 8.5 3.2S14.500 6.500 13 9.600 10 9.500 8.500 11.500 4.500 13.500 3 10.500Z"/>',
};

const NAMES: Readonly<Record<Tool, string>> = {
  rectangle: "Rectangle",
  ellipse: "Ellipse",
  polygon: "Free hand",
};

/** Makes the tools. */
export function makeTools(actions: ToolActions): Tools {
  const element = make("div", "sb-tools");
  element.setAttribute("role", "toolbar");
  element.setAttribute("aria-label", "Tools of the view");
  const shapes = (Object.keys(ICONS) as Tool[]).map((tool) => {
    const icon = `<svg viewBox="0 0 16 16" aria-hidden="true">${ICONS[tool]}</svg>`;
    const one = button(icon, `${NAMES[tool]}: drag on a map to draw a region`, () => actions.tool(tool));
    one.setAttribute("role", "radio");
    one.setAttribute("aria-label", NAMES[tool]);
    one.dataset.tool = tool;
    return one;
  });
  const shapeGroup = group(...shapes);
  shapeGroup.setAttribute("role", "radiogroup");
  shapeGroup.setAttribute("aria-label", "Shape of the regions");
  const pin = button("Pin", "Keep this region and its spectrum for comparison (P)", actions.pin);
  pin.dataset.action = "pin";
  const log = button("Log", "Logarithmic intensity", () => actions.toggle("logarithmic"));
  log.dataset.action = "logarithmic";
  const normalise = button("Normalise", "Each spectrum over its largest value in the range shown", () =>
    actions.toggle("normalised"),
  );
  normalise.dataset.action = "normalised";
  const colours = document.createElement("select");
  colours.title = "Colours of the map";
  colours.setAttribute("aria-label", "Colours of the map");
  for (const name of EXPLORE_COLOURS) colours.append(new Option(name, name));
  colours.addEventListener("change", () => actions.colours(colours.value as ExploreState["colours"]));
  const reset = button("Reset", "Forget regions and zoom", actions.reset);
  reset.dataset.action = "reset";
  element.append(shapeGroup, group(pin), group(log, normalise), colours, make("span", "sb-space"), group(reset));
  return {
    element,
    show: (state, tool) => {
      for (const one of shapes) one.setAttribute("aria-checked", String(one.dataset.tool === tool));
      log.setAttribute("aria-pressed", String(state.logarithmic));
      normalise.setAttribute("aria-pressed", String(state.normalised));
      colours.value = state.colours;
      pin.disabled = state.region === null;
    },
  };
}

/** An element with a class and, if given, children. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = "",
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...children);
  return element;
}

function group(...buttons: HTMLElement[]): HTMLElement {
  return make("div", "sb-group", ...buttons);
}

function button(content: string, title: string, press: () => void): HTMLButtonElement {
  const one = document.createElement("button");
  one.type = "button";
  one.title = title;
  one.innerHTML = content;
  one.addEventListener("click", press);
  return one;
}
