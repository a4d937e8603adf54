import { describe, expect, test } from "vitest";
import { describeSignals } from "../../src/cli/describe-signals";
import { inspect } from "../../src/io";
import { specbook, testBuilt } from "../support/command-line";
import { putFixture } from "../support/hdf5-fixtures";
import { temporaryFolder } from "../support/temporary-folder";

const folder = temporaryFolder();

describe("specbook info", () => {
  testBuilt("prints every signal with shape, axes, units, type and size", () => {
    const { stdout, stderr, status } = specbook(["info", putFixture(folder, "nsid_checked")]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(
      [
        "Channel_001: spectrum-image of intensity",
        "  format NSID",
        "  path   /Channel_001/generic/generic",
        "  shape  6 x 8 x 32, float32, 6.1 kB, packed with gzip and fletcher32",
        "  axis   y       6 points, 0 to 2.5 nm, step 0.5 nm",
        "  axis   x       8 points, 0 to 3.5 nm, step 0.5 nm",
        "  axis   energy  32 points, 0 to 3.1 eV, step 0.1 eV",
      ].join("\n"),
    );
  });

  testBuilt("prints the same as JSON", async () => {
    const path = putFixture(folder, "hspy_map");
    const { stdout } = specbook(["info", path, "--json"]);
    expect(JSON.parse(stdout)).toEqual(await inspect(path));
  });

  testBuilt("says what is wrong with a file, without a stack, and ends with 1", () => {
    const { status, stdout, stderr } = specbook(["info", "nothing.h5"]);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^FileError: there is no file "nothing\.h5"\n {2}got: .*\n {2}needed: .*\n {2}do this: .*\n$/,
    );
  });

  test("says what stands in the way of a calibration", async () => {
    const text = describeSignals(await inspect(putFixture(folder, "hspy_uneven")));
    expect(text).toMatch(/axis {3}energy {2}4 points, NOT CALIBRATED: its points are not evenly spaced/);
    expect(describeSignals([])).toMatch(/no signals/);
  });
});
