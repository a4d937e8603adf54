import type { Reconstruction } from "../../../src/analyse/results";
import { image } from "../../../src/data";
import { type ComponentChoice, chooseComponents } from "../../../src/decompose";
import { rvae } from "../../../src/models";
import type { VegaLiteSpec } from "../../../src/plot";
import * as plot from "../../../src/plot";
import { bandMap, imageWindows } from "../../../src/signal";
import type { LatentSamples } from "./latent-samples";

/** Results that the figures of the papers are made of. */
export function paperSamples(s: LatentSamples): {
  choice: ComponentChoice;
  spectra: Reconstruction;
  windows: Reconstruction;
} {
  const choice = chooseComponents(s.nmf, { count: s.nmf.maps.shape[0], share: 0 });
  const channels = [1, 0.5, 0.2].map((scale) =>
    image(
      s.image.data.map((v) => scale * v),
      s.image.shape,
      { axes: s.image.axes },
    ),
  );
  const spectra: Reconstruction = {
    kind: "reconstruction",
    side: "spectra",
    measured: [s.image],
    predicted: [channels[1]],
    error: s.errors.map,
    mse: 0.00123,
    model: "vae",
  };
  const windows: Reconstruction = {
    ...spectra,
    side: "images",
    measured: channels,
    predicted: channels,
    model: "rvae",
  };
  return { choice, spectra, windows };
}

/** The figures that lay results out as the papers do. */
export function paperFigures(s: LatentSamples): Record<string, () => VegaLiteSpec> {
  const { choice, spectra, windows } = paperSamples(s);
  const box = { rows: [0, 2], columns: [0, 2] } as const;
  const compared = { latent: s.latent3, angle: s.angles };
  return {
    "chosen components": () => plot.componentChoice(choice, { image: s.image, box, scree: s.pca }),
    "reconstruction of spectra": () => plot.reconstruction(spectra),
    "reconstruction of windows": () => plot.reconstruction(windows, { names: ["a", "b", "c"], error: true }),
    "latent comparison": () =>
      plot.latentComparison([
        { name: "one", ...compared },
        { name: "two", ...compared },
      ]),
    "channel stack": () => {
      const channels = [s.image, bandMap(s.spectra)];
      const tiles = imageWindows(channels, { size: s.design.image.shape[0], border: "reflect" });
      return plot.channelStack(channels, tiles, { spectra: s.spectra });
    },
    network: () => plot.network(rvae({ image: [10, 10, 3], latent: 2 })),
  };
}
