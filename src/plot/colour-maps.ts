/** Names of the colour maps. All but "diverging" and "cyclic" rise evenly in lightness. */
export type ColourMapName = "gray" | "viridis" | "inferno" | "magma" | "cividis" | "diverging" | "cyclic";

/**
 * Every 15th of the 256 colours of matplotlib's viridis, inferno and magma (van der Walt and Smith, CC0) and of cividis
 * (Nunez et al., PLoS ONE 13, e0199239 (2018), doi:10.1371/journal.pone.0199239); straight lines between them stay
 * within 6 / 255 of the originals. "diverging" is ColorBrewer's RdBu (Harrower and Brewer 2003), blue below zero.
 * "cyclic" ends as it starts: once around the hues of Oklab (B. Ottosson 2020) at a chroma of 0.125 and a lightness that
 * swings by 0.1 about 0.66, so that opposite directions differ in lightness or in hue for every eye.
 */
const ANCHORS: Readonly<Record<ColourMapName, string>> = {
  gray: "000000 ffffff",
  viridis:
    "440154 481769 472a79 433d84 3d4e8a 365e8d 2f6d8e 297b8e 23898e 1f978b 21a585 2fb37d 46c06f 65cc5e 89d548 b0dd2f d7e31b fde725",
  inferno:
    "000004 0a0722 1e0c46 370a62 510d6c 69166e 801f6c 982865 b0315b c63d4d d94d3e e9612b f47918 fb9407 fcb015 f8ce38 f2e969 fcffa4",
  magma:
    "000004 090820 1b1042 301065 4b1079 631980 7a2282 912b81 aa337d c23b76 d9476a ec5960 f8725c fc8e65 feaa75 fec68a fde2a4 fcfdbf",
  cividis:
    "002051 012a64 0f356b 223f6e 36496e 4a556d 5b5f6e 6a6a70 787573 838075 908b78 9d9678 aba376 bcb071 cdbd68 e0ca5d f1d751 fce647",
  diverging: "134b85 2a71ab 4e94c3 7db6d6 afd3e6 d7e7ef f2efee fadecf f6bda4 ea9178 d45f52 b72f37 8c0d25",
  cyclic:
    "d47263 d97f55 da8d4a d69c43 cca943 bcb44d a7bd5d 8dc26f 6ec382 4bc094 19baa4 00b1b2 00a6bc 0099c3 288cc6 467fc6 5c73c2 6f69bb 8061b2 915da7 a15b9b b05c8e be6080 ca6872 d47263",
};

/** The names, for messages. */
export const COLOUR_MAP_NAMES = Object.keys(ANCHORS) as readonly ColourMapName[];

const tables = new Map<ColourMapName, Uint8Array>();

/** The 256 colours of a map: red, green, blue of each, 768 bytes. */
export function colourTable(name: ColourMapName): Uint8Array {
  let table = tables.get(name);
  if (table === undefined) {
    table = interpolated(ANCHORS[name].split(" ").map((hex) => Number.parseInt(hex, 16)));
    tables.set(name, table);
  }
  return table;
}

function interpolated(anchors: readonly number[]): Uint8Array {
  const table = new Uint8Array(768);
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (anchors.length - 1);
    const low = Math.min(anchors.length - 2, Math.floor(at));
    for (let c = 0; c < 3; c++) {
      const shift = 16 - 8 * c;
      const a = (anchors[low] >> shift) & 255;
      const b = (anchors[low + 1] >> shift) & 255;
      table[3 * i + c] = Math.round(a + (b - a) * (at - low));
    }
  }
  return table;
}

/** A few colours of the map, evenly spaced, as "#rrggbb": the range of a colour bar. */
export function colourRange(name: ColourMapName, steps = 10): string[] {
  const table = colourTable(name);
  return Array.from({ length: steps }, (_, i) => {
    const at = 3 * Math.round((255 * i) / (steps - 1));
    return `#${Array.from(table.subarray(at, at + 3), (part) => part.toString(16).padStart(2, "0")).join("")}`;
  });
}
