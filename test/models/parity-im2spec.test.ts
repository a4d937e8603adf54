import { im2spec } from "../../src/models/im2spec";
import { im2specArchitecture } from "../../src/models/im2spec-network";
import { describeParity, sharedOptions } from "./support/parity";

/** Fixtures made by running AtomAI's SignalED: which parts each file holds is in its index.json. */
describeParity(
  {
    architecture: im2specArchitecture,
    floors: { gradient: 3e-7, realGradient: 1e-6, realSquares: 1e-4, realLosses: 1e-4, adam: 2e-6 },
    make: (c) => im2spec({ image: [c.in_dim[0], c.in_dim[1], 1], spectrum: c.out_dim[0], ...sharedOptions(c) }),
    shapes: ({ options }) => [options.image, [options.spectrum]],
  },
  {
    small: ["a_im2spec_8x8_24_f8", "a2_im2spec_nobn", "a3_im2spec_down2_up", "a4_im2spec_rect"],
    real: "a_real_im2spec_16x16_64_L2",
  },
);
