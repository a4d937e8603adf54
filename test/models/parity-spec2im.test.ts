import { spec2im } from "../../src/models/spec2im";
import { spec2imArchitecture } from "../../src/models/spec2im-network";
import { describeParity, sharedOptions } from "./support/parity";

/** Fixtures made by running AtomAI's SignalED: which parts each file holds is in its index.json. */
describeParity(
  {
    architecture: spec2imArchitecture,
    // The spectra of the real fixture are positive, so that 54 of 64 first filters are linear and batch norm cancels their
    // biases: gradients that are zero in theory are 2e-5 natively and on wasm, and Adam moves a few weights by them.
    floors: { gradient: 3e-7, realGradient: 3e-5, realSquares: 5e-3, realLosses: 1e-3, adam: 2e-6 },
    make: (c) => spec2im({ image: [c.out_dim[0], c.out_dim[1], 1], spectrum: c.in_dim[0], ...sharedOptions(c) }),
    shapes: ({ options }) => [[options.spectrum], options.image],
  },
  {
    small: ["b_spec2im_26_8x8_f8", "b2_spec2im_noupsampling"],
    real: "b_real_spec2im_187_16x16_L2",
    // One value before the third leaky ReLU is -5.7e-6 in float64, and the rounding of float32 there is 1e-5 (batch norm
    // divides by the root of a variance of 1.6e-6 two layers before): its slope, and with it every gradient further
    // down, would be a matter of luck. This puts it below zero for certain.
    nudge: { parameter: "encoder.conv.block.6.bias", index: 53, by: -2e-5 },
  },
);
