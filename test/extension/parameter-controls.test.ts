import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { acceptedValue, controlsOf, slider } from "../../src/views/parameter-spec";
import { loadView, type PageElement, stubPage } from "../support/page";

beforeEach(() => void stubPage());
afterEach(() => vi.unstubAllGlobals());

interface Row {
  readonly element: PageElement;
  show(value: number | string): void;
}

/** The row of a parameter, and what it was changed to. */
async function row(field: Parameters<typeof controlsOf>[0][string]) {
  const { makeRow } = await loadView("parameters/controls.ts");
  const changes: (number | string)[] = [];
  const [control] = controlsOf({ x: field });
  const made = makeRow(control as never, ((value: number | string) => changes.push(value)) as never) as Row;
  const [range, text = range] = made.element.all("input");
  return { made, control, changes, range, text };
}

test("a slider has as many places between far numbers as between small ones", async () => {
  const { control, changes, range } = await row(slider(1840.5, 1860.5, { units: "eV" }));
  expect(control.value).toBe(1850.5);
  for (let place = 0; place <= 200; place++) {
    range.valueAsNumber = place;
    range.tell("input");
  }
  expect(changes[1]).toBeCloseTo(1840.6, 9);
  expect(new Set(changes).size).toBe(201);
  expect(changes.every((value) => acceptedValue(control, value) === value)).toBe(true);
});

test("a slider with logarithmic steps stays between its ends, also where these are close", async () => {
  const { changes, range } = await row(slider(1.04, 1.09, { log: true }));
  for (let place = 0; place <= 200; place++) {
    range.valueAsNumber = place;
    range.tell("input");
  }
  expect(new Set(changes).size).toBeGreaterThan(100);
  expect(Math.min(...(changes as number[]))).toBe(1.04);
  expect(Math.max(...(changes as number[]))).toBe(1.09);
});

test("a number whose place is between those of the slider is not moved by being shown", () => {
  expect(controlsOf({ shift: -0.5 })[0]).toMatchObject({ from: -5, to: 0, step: 0, value: -0.5 });
  expect(slider(0, 1, { value: 0.5 }).step).toBe(0);
  expect(slider(0, 1).step).toBe(1);
  expect(slider(1840.5, 1841.5).value).toBe(1841);
});

test("what is being typed stays when the kernel tells its values", async () => {
  for (const field of [slider(0, 10, { value: 4, step: 0.5 }), "first"]) {
    const { made, changes, text } = await row(field);
    text.focus();
    text.value = "7.";
    text.tell("input");
    made.show(typeof field === "string" ? field : 4);
    expect(text.value).toBe("7.");
    text.value = "7.5";
    text.tell("change");
    expect(changes).toEqual([typeof field === "string" ? "7.5" : 7.5]);
    made.show(typeof field === "string" ? "other" : 8);
    expect(text.value).toBe(typeof field === "string" ? "other" : "8");
  }
});
