import { COMPLEX_AXIS, type DraftAxis } from "../drafts";
import { conversion } from "../units";
import type { DmImage } from "./images";
import { formatOf, signalOf } from "./metadata";
import { tagAt } from "./tags";

const SPACE = ["x", "y", "z", "t"];

/**
 * The axes of an image, slowest first. An axis in units of energy is the spectral one. Without such units the file must
 * call itself a spectrum or a spectrum image: DigitalMicrograph then puts the spectra along the slowest axis of three,
 * and along the fastest of one or two. Two axes without a spectrum are an image; what more there is stays "other".
 */
export function axesOf(image: DmImage): DraftAxis[] {
  const { dimensions, type } = image;
  const spectral = spectralDimension(image);
  const isMap = dimensions.length - (spectral === undefined ? 0 : 1) <= 2;
  const role = (place: number) => (place === spectral ? "spectral" : "scan");
  const isKnown = isMap && (spectral !== undefined || dimensions.length === 2);
  let spatial = 0;
  const axes = dimensions.map(({ size, origin, scale, units }, place): DraftAxis => {
    const isHalved = type.layout === "half-plane" && place === 0;
    return {
      name: place === spectral ? spectralName(image) : (SPACE[spatial++] ?? `axis ${place}`),
      size: isHalved ? Math.floor(size / 2) + 1 : size,
      units: isHalved ? "" : units,
      offset: isHalved ? 0 : 0 - origin * scale,
      scale: isHalved ? 1 : scale,
      role: isKnown ? role(place) : "other",
    };
  });
  return [...axes.reverse(), ...partAxes(image)];
}

/** The axis of the real and imaginary parts, or of the colours. */
function partAxes({ type }: DmImage): DraftAxis[] {
  if (type.layout === "plain") return [];
  if (type.layout !== "colour") return [COMPLEX_AXIS];
  return [{ name: "colour", size: type.name === "rgb" ? 3 : 4, units: "", role: "other" }];
}

function spectralDimension({ dimensions, tags }: DmImage): number | undefined {
  const energies = dimensions.flatMap(({ units }, place) => (conversion(units).measure === "energy" ? [place] : []));
  if (energies.length === 1) return energies[0];
  const format = formatOf(tags);
  if (energies.length > 1 || (format !== "Spectrum image" && format !== "Spectrum")) return undefined;
  if (dimensions.length <= 2) return 0;
  // Where the program has changed the order, only units can tell which axis is which.
  const isSwapped = tagAt(tags, "Meta Data", "Data Order Swapped") === 1;
  return dimensions.length === 3 && !isSwapped ? 2 : undefined;
}

function spectralName({ dimensions, tags }: DmImage): string {
  const isWave = signalOf(tags) === "CL" && dimensions.some(({ units }) => units === "nm");
  return isWave ? "wavelength" : "energy";
}
