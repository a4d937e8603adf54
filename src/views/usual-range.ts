import { decodedScaling } from "../analyse/fitted";
import type { SampleScaling, Samples } from "../data";
import type { Model } from "../models";
import type { SideName } from "./latent-protocol";

/** Values looked at: an even share of more. */
const LOOKED_AT = 1_000_000;
/** Share of the values beyond either end. */
const TAIL = 0.001;

/**
 * From where to where the values of a side usually lie, in the units of the data: all but a thousandth at either end of
 * those measured; where the samples do not have the side, what the model was trained on.
 */
export function usualRange(model: Model, samples: Samples, side: SideName): readonly [number, number] {
  const { [side]: values } = samples as { readonly [side in SideName]?: { readonly data: Float32Array } };
  const scaling = (samples.scaling as SampleScaling)[side];
  if (values === undefined || scaling === undefined) {
    const trained = model.scaling?.[side] === undefined ? undefined : decodedScaling(model, side);
    return trained === undefined ? [0, 1] : [trained.offset, trained.offset + trained.range];
  }
  const step = Math.max(1, Math.ceil(values.data.length / LOOKED_AT));
  const looked = Float32Array.from({ length: Math.floor(values.data.length / step) }, (_, i) => values.data[i * step]);
  looked.sort();
  const at = (share: number) => scaling.offset + scaling.range * looked[Math.round(share * (looked.length - 1))];
  return [at(TAIL), at(1 - TAIL)];
}
