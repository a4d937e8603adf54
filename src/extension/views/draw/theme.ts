import { ACCENTS, INK, MISSING, MUTED, shades } from "../../../plot/theme";

/** The colours of a view, those of the notebook around it. */
export interface Theme {
  readonly dark: boolean;
  /** Text that must be read. */
  readonly ink: string;
  /** Axes, tick labels, notes. */
  readonly muted: string;
  /** Guide lines and borders. */
  readonly guide: string;
  /** Behind everything. */
  readonly surface: string;
  /** Pixels without a value. */
  readonly missing: string;
  /** Curves, regions and classes, in this order; those of the figures, lighter where the notebook is dark. */
  readonly accents: readonly string[];
}

const LIGHT: Theme = {
  dark: false,
  ink: INK,
  muted: MUTED,
  guide: "#d5dae0",
  surface: "#ffffff",
  missing: MISSING,
  accents: shades(ACCENTS, INK, "#ffffff"),
};

const DARK: Theme = {
  dark: true,
  ink: "#e8ebee",
  muted: "#a0a9b4",
  guide: "#444c56",
  surface: "#111111",
  missing: "#3a4149",
  accents: shades(
    ["#3fb4d6", "#ffb648", "#b48cc4", "#f0735a", "#74c38e", "#eb9ccb", "#c3a468", "#8fa9c6"],
    "#e8ebee",
    "#111111",
  ),
};

/** The colours for what is shown inside an element. */
export function themeOf(element: HTMLElement): Theme {
  const theme = isDark(element) ? DARK : LIGHT;
  const own = getComputedStyle(element).getPropertyValue("--jp-layout-color0").trim();
  return own === "" ? theme : { ...theme, surface: own };
}

function isDark(element: HTMLElement): boolean {
  const { jpThemeLight } = document.body.dataset;
  if (jpThemeLight !== undefined) return jpThemeLight === "false";
  // Outside JupyterLab: the first background behind the element that is not transparent.
  for (let at: HTMLElement | null = element; at !== null; at = at.parentElement) {
    const [red, green, blue, alpha = 1] =
      getComputedStyle(at)
        .backgroundColor.match(/[\d.]+/g)
        ?.map(Number) ?? [];
    if (red !== undefined && alpha > 0.5) return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
  }
  return false;
}

/** Calls a listener after each change of the notebook's theme; returns what ends that. */
export function onThemeChange(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name"] });
  return () => observer.disconnect();
}
