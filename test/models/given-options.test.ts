import { describe, expect, test } from "vitest";
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
} from "../../src/models";
import { thrown } from "../support/errors";

const image = [8, 8, 1] as const;
const small = { encoderFilters: 2, decoderFilters: 2 };
const classes = ["a", "b"];

/** Each kind's function with the options it cannot do without, and some that keep it small. */
const kinds: [name: string, make: (options: object) => Model][] = [
  ["autoencoder", (o) => autoencoder({ ...o, spectrum: 16 })],
  ["classifier", (o) => classifier({ ...o, spectrum: 16, classes })],
  ["dualVae", (o) => dualVae({ ...o, image, spectrum: 16 })],
  ["im2spec", (o) => im2spec({ ...o, ...small, image, spectrum: 16 })],
  ["jrvae", (o) => jrvae({ ...o, image })],
  ["rvae", (o) => rvae({ ...o, image })],
  ["segmenter", (o) => segmenter({ ...o, image, classes })],
  ["spec2im", (o) => spec2im({ ...o, ...small, image, spectrum: 16 })],
  ["vae", (o) => vae({ ...o, spectrum: 16 })],
  ["ved", (o) => ved({ ...o, image, spectrum: 16 })],
];

describe("an undefined option is one that was left out:", () => {
  test.each(kinds)("%s has its default", (_, make) => {
    const plain = make({});
    const names = Object.keys(plain.options);
    expect(names.length).toBeGreaterThan(5);
    const hollow = make(Object.fromEntries(names.map((name) => [name, undefined])));
    expect(hollow.options).toStrictEqual(plain.options);
    expect(Object.keys(hollow.parameters)).toEqual(Object.keys(plain.parameters));
  });

  test("so is a part of the damage of a denoising autoencoder", () => {
    const { options } = autoencoder({ spectrum: 16, corruption: { deviation: 0.1, masked: undefined } });
    expect(options.corruption).toEqual({ deviation: 0.1, masked: 0 });
  });

  test.each([
    ["im2spec", () => im2spec({ spectrum: 16 } as Parameters<typeof im2spec>[0])],
    ["spec2im", () => spec2im({ spectrum: 16 } as Parameters<typeof spec2im>[0])],
    ["ved", () => ved({ spectrum: 16 } as Parameters<typeof ved>[0])],
    ["rvae", () => rvae({} as Parameters<typeof rvae>[0])],
  ])("%s without a window asks for it", (_, make) => {
    expect(String(thrown(make))).toMatch(/image height undefined[\s\S]*shapes\(/);
  });
});
