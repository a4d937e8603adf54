import { expect, it } from "vitest";

it("measures a difference against the largest expected value", () => {
  expect([1, 9.9]).toMatchArray([1, 10], { relative: 0.02 });
  expect([1, 9.9]).not.toMatchArray([1, 10], { relative: 0.005 });
  expect([1, 9.9]).not.toMatchArray([1, 10]);
  expect([1]).not.toMatchArray([1, 1]);
});

it.each([Number.NaN, Infinity, -Infinity])("matches %s nowhere, on neither side", (value) => {
  const loose = { relative: 1, absolute: 1 };
  for (const at of [0, 1, 2]) {
    const values = [1, 2, 3];
    values[at] = value;
    expect(values, `at ${at}`).not.toMatchArray([1, 2, 3], loose);
    expect([1, 2, 3], `expected at ${at}`).not.toMatchArray(values, loose);
    expect(values, `both at ${at}`).not.toMatchArray(values, loose);
  }
});
