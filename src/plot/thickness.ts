import type { Thickness } from "../signal/thickness";
import { checkFinite, checkKind } from "./check";
import { type FigureOptions, figure } from "./figure";
import { mapPanel } from "./map-panel";
import { finiteDeviation, finiteMean, label } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { counted, shapeWords, source } from "./words";

/**
 * The map of a specimen's thickness. Pixels without a zero-loss peak are grey.
 *
 * @throws OptionError for another value than the result of `thickness`
 * @example
 * plot.thickness(thickness(lowLoss))
 */
export function thickness(result: Thickness, options: FigureOptions = {}): VegaLiteSpec {
  const call = "plot.thickness";
  checkKind(call, result, ["thickness"], `${call}(thickness(lowLoss))`);
  const { map, threshold, failed } = result;
  checkFinite(call, "a map of the thickness", map.data);
  const inNm = map.metadata.units === "nm";
  const unit = inNm ? " nm" : "";
  const panel = mapPanel({
    title: "",
    data: map.data,
    axes: map.axes,
    colours: "viridis",
    width: 340,
    legend: inNm ? "thickness (nm)" : "t / λ",
  });
  const notes = [
    source(map.metadata),
    shapeWords(map.axes),
    `mean ${label(finiteMean(map.data))}${unit}, s.d. ${label(finiteDeviation(map.data))}${unit}`,
    threshold === undefined ? "zero-loss peak given" : `all below ${label(threshold)} eV taken for the zero-loss peak`,
    failed > 0 ? `${counted(failed, "pixel")} without a value` : undefined,
  ];
  return figure(options, inNm ? "Thickness" : "Thickness in mean free paths", notes, [[panel]]);
}
