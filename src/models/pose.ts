import type { Tensor } from "@tensorflow/tfjs-core";
import { SpecbookError } from "../core";
import type { Engine } from "../engine/engine";
import { affine, columns, type LatentPrior } from "../engine/ops";

/** Which parts of the pose a model has, and what it expects of them before the data are seen. */
export interface PoseOptions {
  /** One latent turns the decoded image. Default true. */
  readonly rotation?: boolean;
  /** Two latents move the decoded image. Default true. */
  readonly shift?: boolean;
  /** Standard deviation of the angle before the data are seen, in radians. Default 0.1. */
  readonly anglePrior?: number;
  /**
   * What the angle costs. "free": its spread alone, so that all orientations are alike, as in AtomAI; "normal": the KL
   * divergence from a normal distribution around 0, as in pyroVED, whose `anglePrior` is 1. Default "free".
   */
  readonly angleKl?: "free" | "normal";
  /** Standard deviation of the shift before the data are seen, in units of half the window. Default 0.1. */
  readonly shiftPrior?: number;
}

/** Pose options with their defaults. */
export type ResolvedPose = Readonly<Required<PoseOptions>>;

/** AtomAI's defaults. */
export const POSE_DEFAULTS: ResolvedPose = {
  rotation: true,
  shift: true,
  anglePrior: 0.1,
  angleKl: "free",
  shiftPrior: 0.1,
};

/** How the coordinates of samples are turned and moved: angle [n, 1] in radians, shift [n, 2]; an absent part is 0. */
export interface Pose {
  readonly angle?: Tensor;
  readonly shift?: Tensor;
}

/** Number of latents that the pose takes. They come first: angle, then shift. */
export function poseSize({ rotation, shift }: ResolvedPose): number {
  return (rotation ? 1 : 0) + (shift ? 2 : 0);
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

/** Throws unless these are options of a pose. */
export function checkPose(kind: string, { anglePrior, angleKl, shiftPrior }: ResolvedPose): void {
  if (angleKl !== "free" && angleKl !== "normal") {
    throw wrong(kind, { angleKl }, '"free" or "normal"', 'leave it out for "free"');
  }
  if (!(Number.isFinite(anglePrior) && anglePrior > 0)) {
    throw wrong(kind, { anglePrior }, "a positive number of radians", "leave it out for 0.1");
  }
  if (!(Number.isFinite(shiftPrior) && shiftPrior > 0)) {
    const needed = "a positive number, in units of half the window";
    throw wrong(kind, { shiftPrior }, needed, "leave it out for 0.1, a twentieth of the window");
  }
}

function wrong(kind: string, option: Record<string, unknown>, needed: string, remedy: string): SpecbookError {
  const [[name, value]] = Object.entries(option);
  return new SpecbookError("OptionError", `${kind} cannot use this ${name}`, {
    got: `${name}: ${JSON.stringify(value) ?? String(value)}`,
    needed,
    remedy,
  });
}
