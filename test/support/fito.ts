import { createRandom } from "../../src/core/random";
import { axis } from "../../src/data/axis";
import { addHistory } from "../../src/data/history";
import { type Image, image } from "../../src/data/image";
import { type SpectrumImage, spectrumImage } from "../../src/data/spectrum-image";
import { fromValues } from "../../src/io/calibration";
import { readNpy } from "../../src/io/npy";
import { shared } from "./shared-data";

const SOURCE = "reconstructed from published figures";

/**
 * The nanoparticle array of the im2spec paper as far as its published figures tell it: the HAADF image (8 bit) and a
 * spectrum image of 62 x 75 x 187. `noise` adds normal noise of that standard deviation (the paper's data have about
 * 0.018 / sqrt(8) at this channel width), `seed` says which.
 */
export async function reconstructedFito(
  options: { noise?: number; seed?: number } = {},
): Promise<{ image: Image; spectra: SpectrumImage }> {
  const { noise = 0, seed = 0 } = options;
  const haadf = await readNpy(shared("data/fto/fto_haadf_62x75_u8.npy"));
  const eels = await readNpy(shared("data/fto/fto_si_reconstructed_noiseless_62x75x187_f32.npy"));
  const energies = await readNpy(shared("data/fto/fto_energy_axis_187_eV.npy"));
  const [rows, columns, channels] = eels.shape;
  const data = Float32Array.from(eels.data);
  const random = createRandom(seed).fork("noise of the reconstructed array");
  if (noise > 0) for (let i = 0; i < data.length; i++) data[i] += random.normal(0, noise);
  const { offset, scale } = fromValues(energies.data);
  const metadata = { source: SOURCE };
  const history = addHistory([], "read", { source: SOURCE, ...(noise > 0 ? { noise, seed } : {}) });
  return {
    image: image(Float32Array.from(haadf.data), [rows, columns], { metadata, history }),
    spectra: spectrumImage(data, [rows, columns, channels], {
      axes: { energy: axis("energy", channels, { units: "eV", offset, scale }) },
      metadata,
      history,
    }),
  };
}
