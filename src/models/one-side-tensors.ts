import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine/engine";
import { reshape } from "../engine/ops";
import { type ResolvedSide, sampleShape, sampleSize } from "./one-side";

/** Samples of the side, [n, ...shape of a sample] or flat already -> [n, values]. */
export function flatSamples(engine: Engine, o: ResolvedSide, x: Tensor): Tensor {
  return x.shape.length === 2 ? x : reshape(engine, x, [x.shape[0], sampleSize(o)]);
}

/** [n, values] -> [n, ...shape of a sample] */
export function shapedSamples(engine: Engine, o: ResolvedSide, x: Tensor): Tensor {
  return o.side === "spectra" ? x : reshape(engine, x, [x.shape[0] as number, ...sampleShape(o)]);
}
