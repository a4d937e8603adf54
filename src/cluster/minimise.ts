/** A function of a few parameters, with its gradient; Infinity where it is not defined. */
export type Objective = (at: Float64Array) => Promise<{ value: number; gradient: Float64Array }>;

/** Where a search ended. */
export interface Minimum {
  readonly at: Float64Array;
  readonly value: number;
  readonly converged: boolean;
}

/**
 * Minimises by the method of Broyden, Fletcher, Goldfarb and Shanno with a backtracking line search (J. Nocedal and S. J.
 * Wright, Numerical Optimization, 2nd edition, Springer 2006, algorithm 6.1).
 */
export async function minimise(objective: Objective, start: Float64Array, iterations: number): Promise<Minimum> {
  const size = start.length;
  let at = start.slice();
  let { value, gradient } = await objective(at);
  let inverse = identity(size);
  for (let done = 0; done < iterations; done++) {
    if (largest(gradient) < 1e-4) return { at, value, converged: true };
    let direction = times(inverse, gradient, size).map((d) => -d);
    if (dot(direction, gradient) >= 0) {
      inverse = identity(size);
      direction = gradient.map((g) => -g);
    }
    const longest = largest(direction);
    let step = longest > 2 ? 2 / longest : 1; // a parameter is a logarithm: at most e^2 at once
    let next = { value: Number.POSITIVE_INFINITY, gradient };
    let to = at;
    for (let halving = 0; halving < 30; halving++, step /= 2) {
      to = at.map((a, i) => a + step * direction[i]);
      next = await objective(to);
      if (next.value <= value + 1e-4 * step * dot(direction, gradient)) break;
    }
    if (!(next.value < value)) return { at, value, converged: true };
    const moved = to.map((a, i) => a - at[i]);
    const turned = next.gradient.map((g, i) => g - gradient[i]);
    inverse = updated(inverse, moved, turned, size);
    const gained = value - next.value;
    [at, value, gradient] = [to, next.value, next.gradient];
    if (gained <= 1e-9 * Math.max(1, Math.abs(value))) return { at, value, converged: true };
  }
  return { at, value, converged: false };
}

function updated(inverse: Float64Array, moved: Float64Array, turned: Float64Array, size: number): Float64Array {
  const curvature = dot(moved, turned);
  if (!(curvature > 1e-12)) return inverse;
  const hy = times(inverse, turned, size);
  const scale = (1 + dot(turned, hy) / curvature) / curvature;
  return inverse.map((value, at) => {
    const [i, j] = [Math.floor(at / size), at % size];
    return value + scale * moved[i] * moved[j] - (hy[i] * moved[j] + moved[i] * hy[j]) / curvature;
  });
}

function identity(size: number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, at) => (Math.floor(at / size) === at % size ? 1 : 0));
}

function times(matrix: Float64Array, vector: Float64Array, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => dot(matrix.subarray(i * size, (i + 1) * size), vector));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
