import greek from "../../notebook/fonts/arimo-greek-400.ttf";
import greekBold from "../../notebook/fonts/arimo-greek-700.ttf";
import latin from "../../notebook/fonts/arimo-latin-400.ttf";
import latinBold from "../../notebook/fonts/arimo-latin-700.ttf";

/** The fonts that figures ask for, with the same widths; what follows is any font without serifs. */
const ASKED_FOR = ["Arial", "Helvetica"];

const GREEK = "U+0370-03FF";

/**
 * Figures are laid out in the widths of Arial. Where neither it nor Helvetica is installed, as on a bare Linux, a wider font
 * takes their place and the widest figures do not fit the notebook: there the font of saved pictures takes Arial's name.
 */
export function provideFigureFont(): void {
  if (ASKED_FOR.some(isInstalled)) return;
  const [name] = ASKED_FOR;
  document.fonts.add(new FontFace(name, latin, { weight: "400" }));
  document.fonts.add(new FontFace(name, latinBold, { weight: "700" }));
  document.fonts.add(new FontFace(name, greek, { weight: "400", unicodeRange: GREEK }));
  document.fonts.add(new FontFace(name, greekBold, { weight: "700", unicodeRange: GREEK }));
}

/** Whether a font is there: a missing one leaves a text as wide as the font that is named after it makes it. */
function isInstalled(family: string): boolean {
  const context = document.createElement("canvas").getContext("2d");
  const width = (font: string) => {
    if (context === null) return 0;
    context.font = `72px ${font}`;
    return context.measureText("mmmmMMMMwwwwlllliiii 0.5 eV").width;
  };
  return ["monospace", "serif"].some((other) => width(`${family}, ${other}`) !== width(other));
}
