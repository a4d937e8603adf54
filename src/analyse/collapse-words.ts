import type { Model } from "../models";
import type { CollapseAnalysis, LatentReport } from "./collapse";

type Found = Omit<CollapseAnalysis, "summary">;

/** What was found, how it was decided and what to do, in a few lines. */
export function collapseWords(model: Model, found: Found): string {
  const { latents, explained, thresholds, state } = found;
  const share = `the output explains ${percent(Math.max(0, explained))} of the variance about the mean`;
  const decided =
    latents[0]?.activity === undefined
      ? `used: moves the output by more than ${percent(thresholds.effect)} of the data's spread`
      : `used: posterior means vary by more than ${thresholds.activity}, and the output by more than ${percent(thresholds.effect)} of the data's spread`;
  return [
    `${headline(found)}; ${share}`,
    ...latents.map(latentLine),
    decided,
    ...(state === "healthy" ? [] : [`do this: ${remedy(model, found)}`]),
  ].join("\n");
}

function headline({ latents, state, explained }: Found): string {
  const unused = latents.filter(({ used }) => !used).map(({ latent }) => latent + 1);
  if (state === "healthy")
    return latents.length === 1 ? "healthy: the latent is used" : `healthy: all ${latents.length} latents are used`;
  const names = `latent${unused.length === 1 ? "" : "s"} ${unused.join(", ")} of ${latents.length}`;
  if (state === "partly") return `partly collapsed: ${names} unused`;
  if (unused.length === latents.length) return "collapsed: no latent is used, every output is about the mean";
  return `collapsed: the output is no better than the mean (${percent(Math.max(0, explained))})`;
}

function latentLine({ latent, used, kl, activity, effect }: LatentReport): string {
  const variational =
    kl === undefined || activity === undefined
      ? ""
      : `KL ${kl.toPrecision(3)} nats, variance of the means ${activity.toPrecision(3)}, `;
  return `  latent ${latent + 1}: ${used ? "used" : "unused"} (${variational}effect ${percent(effect)})`;
}

/** What to change, from the options that decide how much a latent costs. */
function remedy({ kind, options }: Model, { latents, state }: Found): string {
  const { deviation, beta, capacity, latent } = options as {
    deviation?: number | "optimal";
    beta?: number;
    capacity?: { largest: number };
    latent: number;
  };
  const steps: string[] = [];
  if (typeof deviation === "number") steps.push(`set a smaller deviation than ${deviation}, or "optimal"`);
  if (beta !== undefined && beta > 1) steps.push(`set a smaller beta than ${beta}, or leave it out for 1`);
  if (capacity !== undefined) steps.push(`raise capacity.largest above ${capacity.largest} nats`);
  if (steps.length > 0) return `${steps.join("; ")}, and train again`;
  if (state === "partly") {
    const used = latents.filter((one) => one.used).length;
    return `the data may need no more than latent: ${used} instead of ${latent}; else train longer, or from another seed`;
  }
  return `train ${kind} longer, with a larger learningRate or from another seed, and check that its input varies`;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
