/**
 * I1(x), the modified Bessel function of the first kind, by its power series; M. Abramowitz and I. A. Stegun, Handbook of
 * Mathematical Functions (1964), 9.6.10. Full precision up to x = 30 or so.
 */
export function besselI1(x: number): number {
  const t = (x * x) / 4;
  let term = x / 2;
  let sum = term;
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= t / (k * (k + 1));
    sum += term;
  }
  return sum;
}
