import { expect, test, vi } from "vitest";
import { smoothRows } from "../../src/simulate/gaussian-smooth";
import { nanowires } from "../../src/simulate/nanowires";

vi.mock("../../src/simulate/gaussian-smooth", { spy: true });

test("spectra are smoothed one by one between looks at the stop signal: all at once is seconds of work", async () => {
  await nanowires({ rows: 3, columns: 4, pixelSize: 200, channels: 16 });
  const sizes = vi.mocked(smoothRows).mock.calls.map(([table]) => table.length);
  expect(sizes).toEqual(new Array(12).fill(16));
});
