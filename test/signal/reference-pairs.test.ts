import { expect } from "vitest";
import { image, spectrumImage } from "../../src/data";
import { readNpy, readNpz } from "../../src/io";
import { split, unscale, windows } from "../../src/signal";
import { shared, testShared } from "../support/shared-data";

testShared("windows gives the pairs that the Python originals were run on", async () => {
  const reference = await readNpz(shared("data/parity/pairs_fto_noisy.npz"));
  const haadf = await readNpy(shared("data/fto/fto_haadf_62x75_u8.npy"));
  const [low, high] = reference.spectra_lo_hi.data;
  // The fixture keeps the scaled spectra of the 46 x 59 centres: they are put back into a scan, raw.
  const raw = unscale(Float32Array.from(reference.spectra.data), {
    offset: Number(low),
    range: Number(high) - Number(low),
  });
  const scan = new Float32Array(62 * 75 * 187);
  for (let i = 0; i < 2714; i++) {
    const pixel = Number(reference.pos.data[2 * i]) * 75 + Number(reference.pos.data[2 * i + 1]);
    scan.set(raw.subarray(i * 187, (i + 1) * 187), pixel * 187);
  }
  const pairs = windows(image(Float32Array.from(haadf.data), [62, 75]), spectrumImage(scan, [62, 75, 187]), {
    size: 16,
  });

  expect([...pairs.positions]).toEqual(Array.from(reference.pos.data, Number));
  expect(pairs.scaling.images).toEqual({ offset: 0, range: 255 });
  expect([pairs.scaling.spectra.offset, pairs.scaling.spectra.range]).toMatchArray(
    [Number(low), Number(high) - Number(low)],
    {
      absolute: 1e-6, // float32 of the fixture
    },
  );
  expect(pairs.spectra.data).toMatchArray(reference.spectra.data as Float32Array, { absolute: 1e-6 });
  const firstRow = Array.from(haadf.data.slice(0, 16), (v) => Number(v) / 255);
  expect(pairs.images.data.subarray(0, 16)).toMatchArray(firstRow, { absolute: 1e-7 });

  const { train, test } = split(pairs, { by: "random", test: 0.15 });
  expect([train.images.shape[0], test.images.shape[0]]).toEqual([
    reference.train_idx.data.length,
    reference.test_idx.data.length,
  ]);
});
