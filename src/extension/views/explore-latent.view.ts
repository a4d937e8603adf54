import type { LatentAbout } from "../../views/latent-protocol";
import type { FrontEndModule } from "../front-end-module";
import { floats } from "./ask";
import { onThemeChange, themeOf } from "./draw/theme";
import { latentView } from "./latent/latent-view";
import { layOut } from "./latent/parts";

/** The front end of `exploreLatent`. */
const view: FrontEndModule = {
  render({ model, el }) {
    const about = model.get("about") as LatentAbout; // what latentAbout of the kernel's half has made
    const parts = layOut(el, about);
    const theme = () => themeOf(parts.root);
    const positions = new Int32Array(floats(model.get("positions") as DataView).buffer);
    const map = floats(model.get("map") as DataView);
    const shown = latentView({ model, parts, about, positions, map, theme });
    const applyTheme = () => {
      const { ink, muted, guide, surface, accents } = theme();
      const colours = { ink, muted, guide, surface, accent: accents[0], fault: accents[3] };
      for (const [name, colour] of Object.entries(colours)) parts.root.style.setProperty(`--sb-${name}`, colour);
      shown.recolour();
    };
    applyTheme();
    const endTheme = onThemeChange(applyTheme);
    return () => {
      endTheme();
      shown.dispose();
    };
  },
};
export default view;
