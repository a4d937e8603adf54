import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { inspect, load, read } from "../../src/io";
import { FORMATS } from "../../src/io/formats";
import { specbook, testBuilt } from "../support/command-line";
import { putFixture } from "../support/hdf5-fixtures";
import { temporaryFolder } from "../support/temporary-folder";

const folder = temporaryFolder();

describe("specbook convert", () => {
  testBuilt("writes every signal of a file in another format, with its axes", async () => {
    const from = putFixture(folder, "nsid_checked");
    const to = join(folder, "out.hspy");
    const { stdout, stderr, status } = specbook(["convert", from, to, "--gzip"]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(`Channel_000: 6 x 8 -> ${to}\nChannel_001: 6 x 8 x 32 -> ${to}\n`);
    expect((await inspect(to)).map(({ packing }) => packing)).toEqual([["gzip"], ["gzip"]]);
    const [before, after] = [await load(from), await load(to)];
    expect(after.spectra.data).toEqual(before.spectra.data);
    expect(after.spectra.axes.energy).toEqual(before.spectra.axes.energy);
    expect(after.spectra.history.map(({ operation }) => operation)).toEqual(["read", "read"]);
  });

  testBuilt("takes one signal by name, and options that settle what a file leaves open", async () => {
    const from = putFixture(folder, "hspy_uneven");
    const to = join(folder, "one.csv");
    const refused = specbook(["convert", from, to]);
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining("AxisError")]);
    const flags = ["--energy-units", "eV", "--energy-offset", "10", "--energy-scale", "0.5"];
    const [{ metadata }] = await read(from, { energy: { units: "channel" } });
    const { status } = specbook(["convert", from, to, ...flags, "--signal", String(metadata.name)]);
    expect(status).toBe(0);
    expect(readFileSync(to, "utf8").split("\n").slice(2, 4)).toEqual([
      expect.stringMatching(/^10,/),
      expect.stringMatching(/^10\.5,/),
    ]);
    const wrong = specbook(["convert", from, to, "--signal", "nothing", ...flags]);
    expect(wrong.stderr).toContain(`do this: --signal "${metadata.name}"`);
  });

  testBuilt("refuses an ending it does not know before it reads, and a flag that is no number", () => {
    const { status, stderr } = specbook(["convert", "nothing.dm3", join(folder, "out.xyz")]);
    expect([status, stderr]).toEqual([1, expect.stringContaining(".hspy (HyperSpy), .h5 (NSID)")]);
    expect(specbook(["convert", "a", "b.npz", "--pixel-size", "big"]).stderr).toContain("It must be a number");
    expect(specbook(["info", "a", "--scan", "4"]).stderr).toContain("rows x columns");
    expect(existsSync(join(folder, "out.xyz"))).toBe(false);
  });

  testBuilt("and specbook info list every format in their help", () => {
    for (const command of ["info", "convert"]) {
      const { stdout } = specbook([command, "--help"]);
      for (const { name, extensions } of FORMATS)
        expect(stdout).toMatch(new RegExp(`${literal(name)} +${literal(extensions.join(" "))}`));
    }
  });
});

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
