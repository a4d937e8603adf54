import { expect } from "vitest";

/**
 * `expect(actual).toMatchArray(expected, { relative, absolute })`: largest |a - e| at most
 * absolute + relative * max|e|. A value that is not finite, on either side, matches nothing. Give the reason for the
 * tolerance beside the call.
 */
expect.extend({
  toMatchArray(
    actual: ArrayLike<number>,
    expected: ArrayLike<number>,
    tolerance: { relative?: number; absolute?: number } = {},
  ) {
    const { relative = 0, absolute = 0 } = tolerance;
    if (actual.length !== expected.length) {
      return { pass: false, message: () => `got ${actual.length} values, needed ${expected.length}` };
    }
    let largest = 0;
    let worst = 0;
    let at = 0;
    for (let i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      const difference = Math.abs(actual[i] - expected[i]);
      // The first NaN or infinity stays: no later difference is to replace it.
      if (Number.isFinite(worst) && !(difference <= worst)) {
        worst = difference;
        at = i;
      }
    }
    const limit = absolute + relative * largest;
    return {
      pass: Number.isFinite(worst) && worst <= limit,
      message: () =>
        `largest difference ${worst} at index ${at} (${actual[at]} for ${expected[at]}), limit ${limit} (scale ${largest})`,
    };
  },
});

interface ArrayMatchers<R> {
  toMatchArray(expected: ArrayLike<number>, tolerance?: { relative?: number; absolute?: number }): R;
}

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: vitest declares Assertion<T = any>; an augmentation must match it
  interface Assertion<T = any> extends ArrayMatchers<T> {}
}
