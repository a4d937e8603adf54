import { SpecbookError } from "./errors";

/**
 * One seeded generator for initialisers, shuffles, sampling and simulation: the same seed gives the same numbers on
 * every platform and engine. xoshiro128** (Blackman & Vigna, ACM TOMS 47, 36 (2021), doi:10.1145/3460772), seeded by
 * splitmix32.
 */
export interface Random {
  /** Uniform in [0, 1), 32 bits of resolution. */
  uniform(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Integer in [0, bound). */
  integer(bound: number): number;
  /** Normal with the given mean (default 0) and standard deviation (default 1), by the polar method. */
  normal(mean?: number, deviation?: number): number;
  /** Poisson count of the given mean; a rounded normal above a mean of 1000. */
  poisson(mean: number): number;
  /** A random order of 0 .. n-1. */
  permutation(n: number): Int32Array;
  /** An independent generator for a named purpose; does not advance this one. */
  fork(purpose: string): Random;
}

/**
 * The generator of a seed (any whole number; default 0).
 *
 * @throws OptionError for a seed that is no whole number
 */
export function createRandom(seed = 0): Random {
  if (!Number.isSafeInteger(seed)) {
    throw new SpecbookError("OptionError", "the random numbers need another seed", {
      got: `seed: ${JSON.stringify(seed) ?? String(seed)}`,
      needed: "a whole number",
      remedy: "for example seed: 1",
    });
  }
  return fromState(stateOf(seed >>> 0));
}

type State = [number, number, number, number];

function stateOf(seed: number): State {
  let z = seed;
  const next = () => {
    z = (z + 0x9e3779b9) >>> 0;
    let t = z ^ (z >>> 16);
    t = Math.imul(t, 0x21f0aaad);
    t ^= t >>> 15;
    t = Math.imul(t, 0x735a2d97);
    return (t ^ (t >>> 15)) >>> 0;
  };
  return [next(), next(), next(), next()];
}

function hash(text: string, start: number): number {
  let h = start ^ 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

function fromState(state: State): Random {
  const [s0, s1, s2, s3] = state;
  const origin = hash("fork", s0 ^ s1 ^ s2 ^ s3);
  let [a, b, c, d] = state;
  let spare = Number.NaN;

  const bits = () => {
    const r = Math.imul(b, 5);
    const result = Math.imul((r << 7) | (r >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  const uniform = () => bits() / 4294967296;

  const standardNormal = () => {
    if (!Number.isNaN(spare)) {
      const value = spare;
      spare = Number.NaN;
      return value;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const s = x * x + y * y;
      if (s === 0 || s >= 1) continue;
      const factor = Math.sqrt((-2 * Math.log(s)) / s);
      spare = y * factor;
      return x * factor;
    }
  };

  const random: Random = {
    uniform,
    between: (low, high) => low + (high - low) * uniform(),
    integer: (bound) => Math.floor(uniform() * bound),
    normal: (mean = 0, deviation = 1) => mean + deviation * standardNormal(),
    poisson: (mean) => {
      if (mean > 1000) return Math.max(0, Math.round(mean + Math.sqrt(mean) * standardNormal()));
      let count = 0;
      // Products of uniforms underflow for large means: a Poisson count is the sum of counts of smaller means.
      for (let rest = mean; rest > 0; rest -= 30) {
        const limit = Math.exp(-Math.min(rest, 30));
        for (let product = uniform(); product > limit; product *= uniform()) count++;
      }
      return count;
    },
    permutation: (n) => {
      const order = Int32Array.from({ length: n }, (_, i) => i);
      for (let i = n - 1; i > 0; i--) {
        const j = Math.floor(uniform() * (i + 1));
        const keep = order[i];
        order[i] = order[j];
        order[j] = keep;
      }
      return order;
    },
    fork: (purpose) => createRandom(hash(purpose, origin)),
  };
  return random;
}
