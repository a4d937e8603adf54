import type { Posterior } from "../models/posterior";

/** A posterior in a few lines: how many samples, what each latent says, and the pose and classes where there are any. */
export function describePosterior(value: unknown): string | undefined {
  if (!isPosterior(value)) return undefined;
  const { mean, deviation, angle, shift, classes } = value;
  const [count, size] = mean.shape;
  const lines = Array.from({ length: size }, (_, j) => {
    const means = column(mean, j);
    const spreads = column(deviation, j);
    const kl = average(spreads.map((sd, i) => 0.5 * (means[i] ** 2 + sd ** 2 - 1) - Math.log(sd)));
    return `z${j + 1}: ${span(means)}, s.d. ${number(average(spreads))}, KL from the prior ${number(kl)} nats`;
  });
  if (angle !== undefined) lines.push(`angle: ${span(Array.from(angle, (v) => (v * 180) / Math.PI))} degrees`);
  if (shift !== undefined) {
    const names = shift.shape[1] === 2 ? ["rows", "columns"] : ["the axis"];
    for (const [j, name] of names.entries()) lines.push(`shift along ${name}: ${span(column(shift, j))} half windows`);
  }
  if (classes !== undefined) {
    const shares = Array.from({ length: classes.shape[1] }, (_, j) => number(100 * average(column(classes, j))));
    lines.push(`classes: ${shares.map((share, j) => `${j + 1}: ${share} %`).join(", ")}`);
  }
  return [`posterior of ${count} samples, ${size} ${size === 1 ? "latent" : "latents"}`, ...lines].join("\n  ");
}

function isPosterior(value: unknown): value is Posterior {
  return (
    typeof value === "object" && value !== null && "kind" in value && value.kind === "posterior" && "mean" in value
  );
}

function column({ data, shape }: Posterior["mean"], j: number): number[] {
  return Array.from({ length: shape[0] }, (_, i) => data[i * shape[1] + j]);
}

function average(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function span(values: readonly number[]): string {
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  return `${number(low)} to ${number(high)}`;
}

const number = (v: number) => String(Number(v.toPrecision(3)));
