import { im2spec, jrvae, rvae, segmenter, spec2im, vae, ved } from "../../dist/models/index.js";

const SHAPE = { image: [16, 16, 1], spectrum: 64 };
const COLOUR = { image: [10, 10, 3] };
const FILTERS = { nbfilters_encoder: 16, nbfilters_decoder: 16 };
const OURS = { ...SHAPE, encoderFilters: 16, decoderFilters: 16 };

/**
 * What is carried both ways: our model, the peer's class and options of the same network, and the files by which the
 * weights travel to the peer (.tar: AtomAI's load_model; .pt and .safetensors: load_state_dict).
 */
export const cases = [
  {
    name: "im2spec",
    ours: () => im2spec({ ...OURS, latent: 10, seed: 1 }),
    class: "ImSpec",
    peer: { in_dim: [16, 16], out_dim: [64], latent_dim: 10, ...FILTERS },
    endings: [".tar", ".pt", ".safetensors"],
  },
  {
    name: "im2spec, pooled, no batch norm",
    ours: () => im2spec({ ...OURS, seed: 1, batchNorm: false, downsampling: 2, upsampling: true }),
    class: "ImSpec",
    peer: {
      in_dim: [16, 16],
      out_dim: [64],
      latent_dim: 2,
      ...FILTERS,
      batch_norm: false,
      encoder_downsampling: 2,
      decoder_upsampling: true,
    },
    endings: [".tar", ".pt"],
  },
  {
    name: "spec2im",
    ours: () => spec2im({ ...OURS, latent: 2, downsampling: 4, seed: 1 }),
    class: "ImSpec",
    peer: {
      in_dim: [64],
      out_dim: [16, 16],
      latent_dim: 2,
      ...FILTERS,
      encoder_downsampling: 4,
      decoder_upsampling: true,
    },
    endings: [".tar", ".pt", ".safetensors"],
  },
  {
    name: "vae of spectra",
    ours: () => vae({ spectrum: 64, latent: 2, deviation: 1, seed: 1 }),
    class: "VAE",
    peer: { in_dim: [64], latent_dim: 2 },
    endings: [".tar"],
  },
  {
    name: "vae of spectra, Bernoulli",
    ours: () => vae({ spectrum: 64, latent: 2, likelihood: "bernoulli", seed: 1 }),
    class: "VAE",
    peer: { in_dim: [64], latent_dim: 2 },
    endings: [".tar"],
  },
  {
    name: "vae of images, 3 channels",
    data: "colour",
    ours: () => vae({ ...COLOUR, latent: 2, hidden: 32, layers: 3, deviation: 1, seed: 1 }),
    class: "VAE",
    peer: {
      in_dim: [10, 10, 3],
      latent_dim: 2,
      numhidden_encoder: 32,
      numhidden_decoder: 32,
      numlayers_encoder: 3,
      numlayers_decoder: 3,
    },
    endings: [".tar"],
  },
  {
    name: "rvae",
    ours: () => rvae({ ...SHAPE, latent: 2, deviation: 1, seed: 1 }),
    class: "rVAE",
    peer: { in_dim: [16, 16], latent_dim: 2 },
    endings: [".tar"],
  },
  {
    name: "rvae, rotation only, skip, 3 channels",
    data: "colour",
    ours: () => rvae({ ...COLOUR, latent: 2, deviation: 1, shift: false, skip: true, seed: 1 }),
    class: "rVAE",
    peer: { in_dim: [10, 10, 3], latent_dim: 2, translation: false, skip: true },
    endings: [".tar"],
  },
  {
    name: "jrvae",
    ours: () => jrvae({ ...SHAPE, latent: 2, classes: [3], deviation: 1, seed: 1 }),
    class: "jrVAE",
    peer: { in_dim: [16, 16], latent_dim: 2, discrete_dim: [3] },
    endings: [".tar"],
  },
  {
    name: "segmenter",
    ours: () => segmenter({ image: [16, 16, 1], classes: ["dark", "grey", "bright"], filters: 8, seed: 1 }),
    class: "Segmentor",
    peer: { model: "Unet", nb_classes: 3, nb_filters: 8, upsampling: "nearest" },
    endings: [".tar", ".pt"],
  },
  {
    name: "ved",
    ours: () => ved({ ...SHAPE, latent: 2, likelihood: "bernoulli", kl: "sampled", seed: 1 }),
    class: "VED",
    peer: { input_dim: [16, 16], output_dim: [64], latent_dim: 2 },
    endings: [".pt", ".safetensors"],
  },
];
