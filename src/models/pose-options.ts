import { wrongModelOption } from "./option-errors";

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

/** Number of latents that the pose takes. They come first: angle, then shift. */
export function poseSize({ rotation, shift }: ResolvedPose): number {
  return (rotation ? 1 : 0) + (shift ? 2 : 0);
}

/** Throws unless these are options of a pose. */
export function checkPose(kind: string, { anglePrior, angleKl, shiftPrior }: ResolvedPose): void {
  if (angleKl !== "free" && angleKl !== "normal") {
    throw wrongModelOption(kind, { angleKl }, '"free" or "normal"', 'leave it out for "free"');
  }
  if (!(Number.isFinite(anglePrior) && anglePrior > 0)) {
    throw wrongModelOption(kind, { anglePrior }, "a positive number of radians", "leave it out for 0.1");
  }
  if (!(Number.isFinite(shiftPrior) && shiftPrior > 0)) {
    const needed = "a positive number, in units of half the window";
    throw wrongModelOption(kind, { shiftPrior }, needed, "leave it out for 0.1, a twentieth of the window");
  }
}
