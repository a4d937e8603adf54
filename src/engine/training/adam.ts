/**
 * Adam (Kingma & Ba 2015, arXiv:1412.6980) in PyTorch's form: p -= rate * m^ / (sqrt(v^) + epsilon), with m^ and v^ the
 * bias-corrected moments.
 */
export const ADAM = {
  // Rounded to float32 here, because the moments are updated in float32: the bias correction then fits them exactly.
  beta1: Math.fround(0.9),
  beta2: Math.fround(0.999),
  epsilon: 1e-8,
} as const;

/**
 * Rate and epsilon of step `count` (1 for the first) with the bias correction folded in, for the update
 * p -= rate * m / (sqrt(v) + epsilon) on uncorrected moments: the same numbers as PyTorch's form.
 */
export function correctedAdam(count: number, learningRate: number): { rate: number; epsilon: number } {
  const root = Math.sqrt(1 - ADAM.beta2 ** count);
  return { rate: (learningRate * root) / (1 - ADAM.beta1 ** count), epsilon: ADAM.epsilon * root };
}
