import { addHistory, type Image, image } from "../data";
import type { Decomposition } from "./decomposition";

const QUANTITY = { nmf: "Abundance", pca: "Score", ica: "Score" };

/**
 * The maps of a decomposition as images on the scan grid, component 0 first, e.g. to cut windows of several channels
 * from them.
 *
 * @example
 * const samples = imageWindows(mapImages(await nmf(spectra, { components: 3 })).map((map) => rescale(map)), { size: 10 });
 */
export function mapImages(result: Decomposition): Image[] {
  const [components, rows, columns] = result.maps.shape;
  const size = rows * columns;
  const { units, ...others } = result.metadata;
  // Of NMF and ICA the spectra carry the units, of PCA the scores.
  const metadata = { ...others, ...(result.kind === "pca" ? { units } : {}), quantity: QUANTITY[result.kind] };
  return Array.from({ length: components }, (_, component) =>
    image(result.maps.data.slice(component * size, (component + 1) * size), [rows, columns], {
      axes: { y: result.axes.y, x: result.axes.x },
      metadata,
      history: addHistory(result.history, "mapImages", { component }),
    }),
  );
}
