import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine/engine";
import { affine, columns, type LatentPrior } from "../engine/ops";
import { poseSize, type ResolvedPose } from "./pose-options";

/** How the coordinates of samples are turned and moved: angle [n, 1] in radians, shift [n, 2]; an absent part is 0. */
export interface Pose {
  readonly angle?: Tensor;
  readonly shift?: Tensor;
}

/** The pose in the latents of samples [n, latents]. */
export function poseOf(engine: Engine, o: ResolvedPose, latents: Tensor): Pose {
  const shifted = () => affine(engine, columns(engine, latents, o.rotation ? 1 : 0, 2), o.shiftPrior);
  return {
    ...(o.rotation ? { angle: columns(engine, latents, 0, 1) } : {}),
    ...(o.shift ? { shift: shifted() } : {}),
  };
}

/** The latents of the content, which come after those of the pose. */
export function contentOf(engine: Engine, o: ResolvedPose, latents: Tensor): Tensor {
  const first = poseSize(o);
  return first === 0 ? latents : columns(engine, latents, first, (latents.shape[1] as number) - first);
}

/** What each latent is expected to be: the angle within its prior, all others standard normal. */
export function latentPriors(o: ResolvedPose, content: number): LatentPrior[] {
  const standard = { deviation: 1, centred: true };
  const angle = { deviation: o.anglePrior, centred: o.angleKl === "normal" };
  return [...(o.rotation ? [angle] : []), ...Array.from({ length: (o.shift ? 2 : 0) + content }, () => standard)];
}
