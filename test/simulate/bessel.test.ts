import { expect, test } from "vitest";
import { besselK0, besselK1 } from "../../src/simulate/bessel";

// Abramowitz & Stegun, Table 9.8 (there times e^x) and direct quadrature of exp(-x cosh t) cosh(nu t) over t.
const K0 = [
  [0.1, 2.427069024702],
  [0.5, 0.924419071228],
  [1, 0.421024438241],
  [2, 0.113893872749],
  [5, 0.003691098334],
  [10, 0.0000177800623],
];
const K1 = [
  [0.1, 9.853844780871],
  [0.5, 1.656441120003],
  [1, 0.601907230197],
  [2, 0.139865881816],
  [5, 0.004044613445],
  [10, 0.0000186487735],
];

test("K0 and K1 have their tabulated values", () => {
  // the polynomials are good to 3e-7 of the value
  for (const [x, value] of K0) expect(besselK0(x) / value - 1).toBeCloseTo(0, 6);
  for (const [x, value] of K1) expect(besselK1(x) / value - 1).toBeCloseTo(0, 6);
});

test("K0 and K1 agree with their integral over the whole range used", () => {
  const integral = (x: number, order: number) => {
    let sum = 0;
    for (let t = 0.0025; t < 15; t += 0.005) sum += 0.005 * Math.exp(-x * Math.cosh(t)) * Math.cosh(order * t);
    return sum;
  };
  for (let x = 0.004; x < 30; x *= 1.5) {
    // 1e-6: the polynomials' 3e-7, and the midpoint rule's rest
    expect(besselK0(x) / integral(x, 0) - 1).toBeCloseTo(0, 5);
    expect(besselK1(x) / integral(x, 1) - 1).toBeCloseTo(0, 5);
  }
});

test("K1 is minus the slope of K0, also across the change of formula at 2", () => {
  for (const x of [0.01, 0.3, 1.9999, 2, 2.0001, 4]) {
    const h = 1e-3 * x;
    const slope = (besselK0(x + h) - besselK0(x - h)) / (2 * h);
    // 5e-4: errors of 3e-7 in each value, divided by a step of 1e-3
    expect(-slope / besselK1(x) - 1).toBeCloseTo(0, 3);
  }
});
