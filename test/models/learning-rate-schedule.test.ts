import { describe, expect, test } from "vitest";
import { createLearningRates, type Schedule, scheduleSettings } from "../../src/models/learning-rate-schedule";

const PLAN = { epochs: 10, stepsPerEpoch: 4 };

/** The rates of all steps of a run whose epochs end with these losses (falling ones by default). */
function ratesOf(schedule: Schedule | undefined, losses = (epoch: number) => 1 / (1 + epoch)): number[] {
  const rates = createLearningRates(0.1, scheduleSettings(schedule), PLAN);
  return Array.from({ length: PLAN.epochs }, (_, epoch) => {
    const own = Array.from({ length: PLAN.stepsPerEpoch }, (_, step) => rates.at(epoch * PLAN.stepsPerEpoch + step));
    rates.endEpoch(losses(epoch));
    return own;
  }).flat();
}

/** Float64 formulas written in another form. */
const EXACT = { relative: 1e-12 };
const steps = Array.from({ length: 40 }, (_, step) => step);

describe("the learning rate", () => {
  test("stays where no schedule is given", () => {
    expect(ratesOf(undefined)).toEqual(steps.map(() => 0.1));
  });

  test("falls along half a cosine to its share at the last step", () => {
    const expected = steps.map((t) => 0.1 * (0.2 + 0.8 * Math.cos((Math.PI * t) / 78) ** 2)); // cos(2a) = 2 cos(a)^2 - 1
    expect(ratesOf({ kind: "cosine", final: 0.2 })).toMatchArray(expected, EXACT);
    expect(ratesOf("cosine")[39]).toBeCloseTo(0.001, 12);
  });

  test("rises and falls in one cycle as torch.optim.lr_scheduler.OneCycleLR has it", () => {
    // max_lr 0.1, total_steps 40, pct_start 0.3 and defaults: peak at step 0.3 * 40 - 1 there, at 0.3 * 39 here.
    const peak = 11.7;
    const between = (a: number, b: number, x: number) => a + (b - a) * Math.sin((Math.PI * x) / 2) ** 2;
    const expected = steps.map((t) =>
      t < peak ? between(0.004, 0.1, t / peak) : between(0.1, 4e-7, (t - peak) / (39 - peak)),
    );
    expect(ratesOf("one-cycle")).toMatchArray(expected, EXACT);
    expect(Math.max(...ratesOf("one-cycle"))).toBeLessThanOrEqual(0.1);
  });

  test("falls by steps", () => {
    const rates = ratesOf({ kind: "step", every: 3, factor: 0.1 });
    expect([0, 11, 12, 23, 24, 36].map((t) => rates[t])).toMatchArray([0.1, 0.1, 0.01, 0.01, 1e-3, 1e-4], EXACT);
  });

  test("falls when the loss stays on a plateau, no further than its lowest", () => {
    const schedule = { kind: "plateau", patience: 2, factor: 0.1, lowest: 0.005 } as const;
    const rates = ratesOf(schedule, (epoch) => (epoch === 0 ? 1 : 0.9999)); // within the improvement of 1e-3
    const perEpoch = rates.filter((_, t) => t % 4 === 0);
    expect(perEpoch).toMatchArray([0.1, 0.1, 0.1, 0.01, 0.01, 1e-3, 1e-3, 5e-4, 5e-4, 5e-4], EXACT);
    expect(new Set(ratesOf(schedule)).size).toBe(1); // the loss falls
  });

  test("grows linearly while it warms up", () => {
    const rates = ratesOf({ kind: "constant", warmUp: 2 });
    expect(rates.slice(0, 9)).toMatchArray(
      [1, 2, 3, 4, 5, 6, 7, 8, 8].map((t) => t / 80),
      EXACT,
    );
  });

  test.each<[Schedule, object]>([
    [{ kind: "constant" }, { warmUp: 1 }],
    [{ kind: "cosine" }, { final: 0.5 }],
    [{ kind: "cosine" }, { warmUp: 1 }],
    [{ kind: "one-cycle" }, { start: 0.5 }],
    [{ kind: "one-cycle" }, { rise: 0.6 }],
    [{ kind: "one-cycle" }, { final: 0.5 }],
    [{ kind: "step", every: 2 }, { every: 4 }],
    [{ kind: "step", every: 2 }, { factor: 0.9 }],
    [{ kind: "step", every: 2 }, { warmUp: 1 }],
    [{ kind: "plateau", patience: 2 }, { patience: 3 }],
    [{ kind: "plateau", patience: 2 }, { factor: 0.9 }],
    [{ kind: "plateau", patience: 2 }, { improvement: 1e-6 }],
    [{ kind: "plateau", patience: 2 }, { lowest: 0.4 }],
    [{ kind: "plateau", patience: 2 }, { warmUp: 1 }],
  ])("is another where %o has %o", (schedule, option) => {
    const losses = (epoch: number) => 1 - 1e-5 * epoch; // a plateau, unless an improvement may be that small
    expect(ratesOf({ ...(schedule as object), ...option } as Schedule, losses)).not.toEqual(ratesOf(schedule, losses));
  });

  test("goes on after a restore as if nothing had happened", () => {
    const losses = [1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5];
    const settings = scheduleSettings({ kind: "plateau", patience: 2 });
    const whole = createLearningRates(0.1, settings, PLAN);
    for (const loss of losses) whole.endEpoch(loss);
    const first = createLearningRates(0.1, settings, PLAN);
    for (const loss of losses.slice(0, 5)) first.endEpoch(loss);
    const second = createLearningRates(0.1, settings, PLAN);
    second.restore(JSON.parse(JSON.stringify(first.save())));
    for (const loss of losses.slice(5)) second.endEpoch(loss);
    expect(second.at(39)).toBe(whole.at(39));
    expect(second.at(39)).toBeLessThan(0.1);
  });

  test.each([
    ["another name", "exponential", "constant"],
    ["a misspelt option", { kind: "cosine", finale: 0.1 }, "finale"],
    ["an option of another kind", { kind: "one-cycle", warmUp: 2 }, "warmUp"],
    ["a growing factor", { kind: "step", factor: 2 }, "schedule.factor: 2"],
    ["half an epoch", { kind: "step", every: 0.5 }, "schedule.every: 0.5"],
    ["a number that is none", { kind: "cosine", final: Number.NaN }, "schedule.final"],
  ])("is refused for %s", (_, schedule, words) => {
    const make = () => scheduleSettings(schedule as Schedule);
    expect(make).toThrow(expect.objectContaining({ tag: "OptionError", message: expect.stringContaining(words) }));
  });
});
