import { expect, test } from "vitest";
import { fromHyperspy, instrument, toHyperspy } from "../../src/io/instrument";
import { read } from "../../src/io/read";
import { shared, testShared } from "../support/shared-data";

test("what is not known is left out", () => {
  const found = instrument({
    microscope: "",
    beamEnergyKeV: Number.NaN,
    frames: undefined,
    mode: "STEM",
    thickness: 0,
  });
  expect(found).toEqual({ mode: "STEM", thickness: 0 });
});

test("HyperSpy's words come back as they went, and words of others stay", () => {
  const words = {
    beamEnergyKeV: 200,
    convergenceSemiAngleMrad: 30,
    collectionSemiAngleMrad: 33,
    stageAlphaDegrees: 5,
    dispersionEV: 0.25,
    "a / word": 7,
  };
  const groups = toHyperspy({ ...words, list: [1, 2], isOn: true });
  expect(Object.fromEntries(groups)).toEqual({
    "": { beam_energy: 200, convergence_angle: 30, dispersionEV: 0.25, "a / word": 7 },
    "Detector/EELS": { collection_angle: 33 },
    Stage: { tilt_alpha: 5 },
  });
  expect(fromHyperspy(Object.fromEntries(groups))).toEqual(words);
  expect(fromHyperspy({ "": { dwell_time: 1 }, EELS: { collection_angle: 9 } })).toEqual({
    dwellSeconds: 1,
    collectionSemiAngleMrad: 9,
  });
  expect(toHyperspy(undefined).size).toBe(0);
});

testShared("a HyperSpy file tells the measurement in the same words as the file it came from", async () => {
  const [loss] = await read(shared("data/formats/hspy/example1_v1.2.hdf5"));
  const [text] = await read(shared("data/formats/other/example1.msa"));
  const words = loss.metadata.instrument as Record<string, unknown>; // HyperSpy wrote this file from that one
  expect(words).toMatchObject({ beamEnergyKeV: 120, convergenceSemiAngleMrad: 1.5, collectionSemiAngleMrad: 3.4 });
  expect(text.metadata.instrument).toMatchObject({ beamEnergyKeV: 120, collectionSemiAngleMrad: 3.4 });
});
