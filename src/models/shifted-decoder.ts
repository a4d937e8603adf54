import type { Tensor } from "@tensorflow/tfjs-core";
import { add, product, reshape } from "../engine/ops";
import { type GridDecoderOptions, gridDecoder, latentContent } from "./grid-decoder";
import type { Scope } from "./layers";

/** What a decoder of shifted spectra is told. */
export interface ShiftedDecoderOptions extends GridDecoderOptions {
  /** Number of spectral channels, at least 2. */
  readonly spectrum: number;
}

/**
 * Spectra whose every channel is decoded from its coordinate and the latents, by `gridDecoder`. The coordinates run from 1
 * (first channel) to -1, as pyroVED's; a shift [n, 1], in units of half the spectrum's length, is added, which moves the
 * decoded spectrum to later channels where it is positive. No shift is 0. Parameters: `gridDecoderSpecs`.
 *
 * `latent` [n, latents] -> what the last layer gives, [n, channels].
 */
export function shiftedDecoder(
  scope: Scope,
  prefix: string,
  o: ShiftedDecoderOptions,
  shift: Tensor | undefined,
  latent: Tensor,
): Tensor {
  const { engine, get } = scope;
  const n = latent.shape[0] as number;
  const weight = get(`${prefix}.coord_latent.fc_coord.weight`);
  const content = latentContent(scope, prefix, latent);
  const parts = [
    product(engine, engine.tf.ones([n, 1]), weight),
    shift === undefined ? content : add(engine, product(engine, shift, weight), content),
  ];
  const output = gridDecoder(scope, prefix, o, spectrumGrid(o.spectrum), parts);
  return reshape(engine, output, [n, o.spectrum]);
}

/** The coordinate and 1 of the channels. */
function spectrumGrid(channels: number) {
  return {
    points: channels,
    rows: (first: number, count: number) =>
      Float32Array.from({ length: 2 * count }, (_, k) =>
        k % 2 === 0 ? 1 - (2 * (first + k / 2)) / (channels - 1) : 1,
      ),
  };
}
