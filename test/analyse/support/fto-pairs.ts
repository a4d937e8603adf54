import { axis, type Pairs } from "../../../src/data";
import { readNpy, readNpz } from "../../../src/io";
import { select } from "../../../src/signal";
import { shared } from "../../support/shared-data";

/** The reconstructed FT:IO pairs with noise (data/parity/pairs_fto_noisy.npz), scaled 0-1, and both splits of them. */
export async function ftoPairs() {
  const noisy = await readNpz(shared("data/parity/pairs_fto_noisy.npz"));
  const haadf = await readNpy(shared("data/fto/fto_haadf_62x75_u8.npy"));
  const columns = haadf.shape[1];
  const positions = Int32Array.from(noisy.pos.data as Int32Array);
  const n = positions.length / 2;
  const [low, high] = noisy.image_lo_hi.data as Float64Array;
  const images = new Float32Array(n * 256);
  for (let i = 0; i < images.length; i++) {
    const [sample, y, x] = [Math.floor(i / 256), Math.floor((i % 256) / 16), i % 16];
    const pixel = (positions[2 * sample] - 8 + y) * columns + positions[2 * sample + 1] - 8 + x;
    images[i] = (Number(haadf.data[pixel]) - low) / (high - low);
  }
  const unscaled = { offset: 0, range: 1 };
  const pairs: Pairs = {
    kind: "pairs",
    images: { data: images, shape: [n, 16, 16, 1] },
    spectra: { data: Float32Array.from(noisy.spectra.data as Float32Array), shape: [n, 187] },
    positions,
    scan: [62, 75],
    scaling: { images: unscaled, spectra: unscaled },
    axes: { y: axis("y", 62), x: axis("x", 75), energy: axis("energy", 187) },
    metadata: {},
    history: [],
  };
  const part = (keep: (column: number) => boolean) =>
    select(
      pairs,
      Array.from({ length: n }, (_, i) => i).filter((i) => keep(positions[2 * i + 1])),
    );
  return {
    random: {
      train: select(pairs, Array.from(noisy.train_idx.data as Int32Array, Number)),
      test: select(pairs, Array.from(noisy.test_idx.data as Int32Array, Number)),
    },
    spatial: { train: part((column) => column <= 48), test: part((column) => column >= 57) },
  };
}
