import {
  autoencoder,
  classifier,
  dualVae,
  im2spec,
  jrvae,
  type Model,
  rvae,
  segmenter,
  spec2im,
  vae,
  ved,
} from "../../../src/models";

/** A small model of each kind, for windows of 8 x 8 and spectra of 16 channels; options away from their defaults. */
export const everyKind: readonly (() => Model)[] = [
  () => autoencoder({ spectrum: 16, hidden: 8, latent: 3, seed: 4, corruption: { deviation: 0.1, masked: 0.2 } }),
  () => im2spec({ image: [8, 8, 1], spectrum: 16, encoderFilters: 4, decoderFilters: 3, latent: 3, seed: 5 }),
  () =>
    im2spec({ image: [8, 8, 2], spectrum: 16, encoderFilters: 2, batchNorm: false, downsampling: 2, upsampling: true }),
  () => spec2im({ image: [8, 8, 1], spectrum: 16, encoderFilters: 4, decoderFilters: 3, downsampling: 4, seed: 7 }),
  () => vae({ spectrum: 16, hidden: 8, latent: 3, seed: 2, capacity: { largest: 5, steps: 100, gamma: 30 } }),
  () => vae({ image: [8, 8, 1], spectrum: 16, side: "images", hidden: 8, likelihood: "bernoulli" }),
  () => vae({ spectrum: 16, hidden: 8, shift: true, deviation: 0.5 }),
  () => rvae({ image: [8, 8, 2], hidden: 8, latent: 1, skip: true, anglePrior: 0.5, seed: 4 }),
  () => jrvae({ image: [8, 8, 1], hidden: 8, classes: [3, 2], temperature: 0.5, shift: false, seed: 6 }),
  () =>
    ved({ image: [8, 8, 1], spectrum: 16, encoderFilters: [[2], [3, 3]], decoderFilters: [[3], [2]], kl: "sampled" }),
  () => classifier({ spectrum: 16, classes: ["a", "b", "c"], weights: [1, 2, 3], layers: 2, filters: 3, hidden: 5 }),
  () => dualVae({ image: [8, 8, 1], spectrum: 16, hidden: 6, link: "linear", gamma: 3, shift: false, seed: 8 }),
  () =>
    segmenter({ image: [8, 8, 1], classes: ["a", "b"], layers: [1, 2], filters: 3, output: "sigmoid", loss: "dice" }),
];
