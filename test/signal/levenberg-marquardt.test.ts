import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/core/random";
import { createLeastSquaresSolver, type Residuals } from "../../src/signal/levenberg-marquardt";

/** amplitude exp(-rate x) + offset, against y. */
function decay(x: Float64Array, y: Float64Array): Residuals {
  return (p, residuals, jacobian) => {
    for (let i = 0; i < x.length; i++) {
      const e = Math.exp(-p[1] * x[i]);
      residuals[i] = p[0] * e + p[2] - y[i];
      jacobian?.set([e, -p[0] * x[i] * e, 1], 3 * i);
    }
  };
}

const x = Float64Array.from({ length: 60 }, (_, i) => i / 20);
const exact = x.map((v) => 5 * Math.exp(-2 * v) + 0.5);

describe("the least-squares solver", () => {
  test("finds the parameters of exact data to the precision of float64", () => {
    const fit = createLeastSquaresSolver({ points: 60, parameters: 3 })(decay(x, exact), [1, 0.3, 0]);
    expect(fit.ended).toBe("converged");
    // The cost is at most 1e-12 of what rounding leaves: parameters to 1e-8.
    expect(fit.parameters).toMatchArray([5, 2, 0.5], { absolute: 1e-8 });
  });

  test("gives the certified parameters and deviations of NIST's Misra1a and Thurber", () => {
    // NIST StRD nonlinear regression, certified to 11 digits: https://www.itl.nist.gov/div898/strd/nls/nls_main.shtml
    const my = [10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.4, 75.47, 81.78];
    const mx = [77.6, 114.9, 141.1, 190.8, 239.9, 289, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760];
    const misra: Residuals = (p, residuals, jacobian) => {
      for (let i = 0; i < mx.length; i++) {
        const e = Math.exp(-p[1] * mx[i]);
        residuals[i] = p[0] * (1 - e) - my[i];
        jacobian?.set([1 - e, p[0] * mx[i] * e], 2 * i);
      }
    };
    const solve = createLeastSquaresSolver({ points: 14, parameters: 2 });
    for (const start of [
      [500, 1e-4],
      [250, 5e-4],
    ]) {
      const fit = solve(misra, start);
      expect(fit.converged).toBe(true);
      expect(fit.parameters[0] / 238.94212918).toBeCloseTo(1, 7);
      expect(fit.parameters[1] / 5.5015643181e-4).toBeCloseTo(1, 7);
      expect(2 * fit.cost).toBeCloseTo(0.12455138894, 9);
      expect(Math.sqrt(fit.covariance[0])).toBeCloseTo(2.7070075241, 5);
      expect(Math.sqrt(fit.covariance[3]) / 7.2668688436e-6).toBeCloseTo(1, 5);
    }
  });

  test("meets Rosenbrock's valley from its usual start", () => {
    const rosenbrock: Residuals = (p, residuals, jacobian) => {
      residuals.set([10 * (p[1] - p[0] ** 2), 1 - p[0]]);
      jacobian?.set([-20 * p[0], 10, -1, 0]);
    };
    const fit = createLeastSquaresSolver({ points: 2, parameters: 2 })(rosenbrock, [-1.2, 1]);
    expect(fit.converged).toBe(true);
    expect(fit.parameters).toMatchArray([1, 1], { absolute: 1e-6 });
  });

  test("stops on a bound, moves the others to their best there, and gives no error for the bound one", () => {
    const solve = createLeastSquaresSolver({ points: 60, parameters: 3 });
    const fit = solve(decay(x, exact), [1, 0.3, 0], { lower: [0, 0, 0], upper: [10, 1.5, 10] });
    expect(fit.converged).toBe(true);
    expect(fit.parameters[1]).toBe(1.5);
    // With the rate held, amplitude and offset are a straight-line fit of y over exp(-1.5 x).
    const e = x.map((v) => Math.exp(-1.5 * v));
    const mean = (v: Float64Array) => v.reduce((a, b) => a + b) / v.length;
    const slope =
      e.reduce((sum, v, i) => sum + (v - mean(e)) * (exact[i] - mean(exact)), 0) /
      e.reduce((sum, v) => sum + (v - mean(e)) ** 2, 0);
    const offset = mean(exact) - slope * mean(e);
    const held = offset < 0 ? 0 : offset;
    expect(fit.parameters[2]).toBeCloseTo(held, 8);
    expect(fit.covariance[4]).toBeNaN();
    expect(fit.covariance[0]).toBeGreaterThan(0);
  });

  test("leaves a bound that the start lies on and brings a start outside to the bound", () => {
    const solve = createLeastSquaresSolver({ points: 60, parameters: 3 });
    const bounds = { lower: [0, 0.1, 0], upper: [10, 30, 1] };
    expect(solve(decay(x, exact), [0, 0.1, 0], bounds).parameters).toMatchArray([5, 2, 0.5], { absolute: 1e-7 });
    expect(solve(decay(x, exact), [-5, 0, -7], bounds)).toEqual(solve(decay(x, exact), [0, 0.1, 0], bounds));
  });

  test("gives the same fit again after another one, although its arrays are shared", () => {
    const solve = createLeastSquaresSolver({ points: 60, parameters: 3 });
    const first = solve(decay(x, exact), [1, 0.3, 0]);
    solve(
      decay(
        x,
        exact.map((v) => 1e6 * v),
      ),
      [1e6, 1, 0],
    );
    const again = solve(decay(x, exact), [1, 0.3, 0]);
    expect(again).toEqual(first);
  });

  test("says errors that cover the truth: of 400 noisy fits about 68 % lie within one deviation", () => {
    const random = createRandom(5);
    const solve = createLeastSquaresSolver({ points: 60, parameters: 3 });
    let within = 0;
    for (let run = 0; run < 400; run++) {
      const fit = solve(
        decay(
          x,
          exact.map((v) => v + random.normal(0, 0.05)),
        ),
        [4, 1.5, 0],
      );
      if (Math.abs(fit.parameters[1] - 2) < Math.sqrt(fit.covariance[4])) within++;
    }
    // Binomial deviation of 400 draws at 0.68 is 0.023: three of them.
    expect(Math.abs(within / 400 - 0.683)).toBeLessThan(0.07);
  });

  test("keeps the covariance of weighted residuals as it is on request", () => {
    const solve = createLeastSquaresSolver({ points: 60, parameters: 3 });
    const noisy = exact.map((v, i) => v + 0.01 * Math.sin(37 * i));
    const relative = solve(decay(x, noisy), [4, 1, 0]);
    const absolute = solve(decay(x, noisy), [4, 1, 0], { sigma: "absolute" });
    expect(relative.covariance[0] / absolute.covariance[0]).toBeCloseTo((2 * relative.cost) / 57, 12);
  });

  test("says so when it gets nowhere", () => {
    const solve = createLeastSquaresSolver({ points: 60, parameters: 3 });
    expect(solve(decay(x, exact), [1, 0.3, 0], { maxIterations: 2 }).ended).toBe("iterations");
    expect(solve(decay(x, exact), [Number.NaN, 1, 0]).ended).toBe("not finite");
    expect(
      solve(
        decay(
          x,
          exact.map(() => Number.NaN),
        ),
        [1, 1, 0],
      ).converged,
    ).toBe(false);
    const wrong: Residuals = (p, residuals, jacobian) => {
      residuals.set([p[0] - 3, p[0] - 3.1]);
      jacobian?.set([-1, -1]); // points uphill
    };
    expect(createLeastSquaresSolver({ points: 2, parameters: 1 })(wrong, [0]).ended).toBe("stalled");
  });

  test("converges on data that hold nothing but rounding beside the curve", () => {
    const points = Float64Array.from({ length: 141 }, (_, i) => 120 + i / 2);
    const line: Residuals = (p, residuals, jacobian) => {
      for (let i = 0; i < 141; i++) {
        const law = (points[i] / 150) ** -p[1];
        residuals[i] = p[0] * law - points[i];
        jacobian?.set([law, -p[0] * law * Math.log(points[i] / 150)], 2 * i);
      }
    };
    const fit = createLeastSquaresSolver({ points: 141, parameters: 2 })(line, [155, 3]);
    expect(fit.ended).toBe("converged");
    expect(fit.parameters).toMatchArray([150, -1], { absolute: 1e-9 });
  });

  test("has no covariance where a parameter has no effect", () => {
    const flat: Residuals = (p, residuals, jacobian) => {
      residuals.set([p[0] - 1, p[0] - 2, p[0] - 3]);
      jacobian?.set([1, 0, 1, 0, 1, 0]);
    };
    const fit = createLeastSquaresSolver({ points: 3, parameters: 2 })(flat, [0, 7]);
    expect(fit.converged).toBe(true);
    expect(fit.parameters).toMatchArray([2, 7], { absolute: 1e-8 });
    expect(fit.covariance[3]).toBeNaN();
  });
});
