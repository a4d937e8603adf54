import type { LatentCoordinates } from "../analyse";
import { decodedEnergy } from "../analyse/fitted";
import type { Axis, Samples } from "../data";
import { latentLayout, type Model } from "../models";
import { scaleBar } from "../plot/scale-bar";
import { ARBITRARY_INTENSITY, intensityTitle } from "../plot/words";
import { decodedSides } from "./decoded-sides";
import { classNames } from "./latent-colours";
import type { LatentAbout } from "./latent-protocol";
import { usualRange } from "./usual-range";

/** What the front end has to know of model and samples. */
export function latentAbout(
  model: Model,
  samples: Samples,
  { values }: LatentCoordinates,
  colours: LatentAbout["colours"],
): LatentAbout {
  const { groups } = latentLayout(model);
  return {
    kind: model.kind,
    count: values.shape[0],
    size: values.shape[1],
    scan: samples.scan,
    bar: scaleBar(samples.axes.x),
    decoded: decodedSides(model),
    measured: (["images", "spectra"] as const).filter((side) => side in samples),
    window: windowShape(model, samples),
    energy: energyAxis(model, samples),
    intensityTitle: spectrumTitle(samples),
    ranges: { images: usualRange(model, samples, "images"), spectra: usualRange(model, samples, "spectra") },
    colours,
    classes: groups.length === 0 ? [] : classNames(groups),
    spread: Array.from({ length: values.shape[1] }, (_, j) => spreadOf(values, j)),
    posed: model.kind === "rvae" || model.kind === "jrvae" || model.kind === "dual-vae",
  };
}

function windowShape(model: Model, samples: Samples): LatentAbout["window"] {
  if ("images" in samples) {
    const [, height, width, channels] = samples.images.shape;
    return [height, width, channels];
  }
  const { image } = model.options as { readonly image?: readonly [number, number, number] };
  return decodedSides(model).includes("images") ? image : undefined;
}

function energyAxis(model: Model, samples: Samples): Axis | undefined {
  if ("spectra" in samples) return samples.axes.energy;
  const { spectrum } = model.options as { readonly spectrum?: number };
  if (spectrum === undefined || !decodedSides(model).includes("spectra")) return undefined;
  return decodedEnergy(model, spectrum);
}

/** Title of the axis of spectra; of those that a model decodes from images alone the unit is not known. */
export function spectrumTitle(samples: Samples): string {
  return "spectra" in samples ? intensityTitle(samples.metadata) : ARBITRARY_INTENSITY;
}

function spreadOf({ data, shape }: LatentCoordinates["values"], j: number): readonly [number, number, number] {
  const [count, size] = shape;
  let [low, sum, high] = [Number.POSITIVE_INFINITY, 0, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < count; i++) {
    const value = data[i * size + j];
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += value;
  }
  return [low, sum / count, high];
}
