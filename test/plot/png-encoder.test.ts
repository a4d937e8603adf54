import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/core/random";
import { svgPixels } from "../../src/notebook/render";
import { encodePng, pngUrl } from "../../src/plot/png-encoder";
import { decodePng } from "../support/decode-png";

const GRAY = Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3));

describe("encodePng", () => {
  test("keeps every pixel, the palette and the opacity", () => {
    const random = createRandom(1);
    const pixels = Uint8Array.from({ length: 7 * 5 }, () => random.integer(256));
    pixels.copyWithin(7, 0, 7); // a repeated row takes a filter of its own
    const alpha = Uint8Array.from([0, 128]);
    const decoded = decodePng(encodePng({ width: 7, height: 5, pixels, palette: GRAY, alpha }));
    expect([decoded.width, decoded.height]).toEqual([7, 5]);
    expect(decoded.pixels).toEqual(pixels);
    expect(decoded.palette).toEqual(GRAY);
    expect(new Uint8Array(decoded.alpha!)).toEqual(alpha);
  });

  test.each([
    ["repeated", (x: number, _: number) => (x * 89) % 256],
    ["rising to the right", (x: number, y: number) => (3 * x + ((y * y * 37) % 101)) % 256],
    ["rising downwards", (x: number, y: number) => (((x * x * 37) % 101) + 3 * y) % 256],
    ["smooth in both directions", (x: number, y: number) => Math.round(120 + 60 * (Math.sin(x / 9) + Math.cos(y / 7)))],
  ])("keeps a picture that is %s, in less room than its noise", async (_, value) => {
    const [width, height] = [60, 40];
    const place = (i: number) => [i % width, Math.floor(i / width)] as const;
    const pixels = Uint8Array.from({ length: width * height }, (_, i) => value(...place(i)));
    const random = createRandom(3);
    const noise = pixels.map(() => pixels[random.integer(pixels.length)]); // the same values without an order
    const png = encodePng({ width, height, pixels, palette: GRAY }, { smallest: true });
    expect(decodePng(png).pixels).toEqual(pixels);
    expect(png.length - 768).toBeLessThan(
      0.6 * (encodePng({ width, height, pixels: noise, palette: GRAY }).length - 768),
    );
    // An independent decoder reads it too.
    const url = `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="60" height="40">
      <image width="60" height="40" image-rendering="optimizeSpeed" xlink:href="${url}"/></svg>`;
    const drawn = await svgPixels(svg, 1);
    expect(Uint8Array.from(drawn.pixels.filter((_, i) => i % 4 === 0))).toEqual(pixels);
  });

  test("writes the checksums of the PNG specification", () => {
    // CRC-32 of an empty IEND chunk, as in every PNG file.
    const png = encodePng({ width: 1, height: 1, pixels: new Uint8Array(1), palette: GRAY });
    expect([...png.subarray(-8)]).toEqual([0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]);
  });

  test("stores repeated rows in almost no room", () => {
    const row = Uint8Array.from({ length: 200 }, (_, i) => (i * 89) % 256);
    const repeat = (n: number) => Uint8Array.from({ length: 200 * n }, (_, i) => row[i % 200]);
    const size = (n: number) => encodePng({ width: 200, height: n, pixels: repeat(n), palette: GRAY }).length;
    expect(size(100) - size(1)).toBeLessThan(200);
  });

  test("gives a data URL that decodes to the same file", () => {
    const picture = { width: 2, height: 1, pixels: Uint8Array.from([3, 250]), palette: GRAY };
    const [head, body] = pngUrl(picture).split(",");
    expect(head).toBe("data:image/png;base64");
    expect(new Uint8Array(Buffer.from(body, "base64"))).toEqual(new Uint8Array(encodePng(picture, { smallest: true })));
  });

  test("keeps every pixel of a picture in full colour, smooth, repeated or random", async () => {
    const random = createRandom(2);
    const [width, height] = [9, 6];
    const rgb = Uint8Array.from({ length: 3 * width * height }, (_, i) => {
      const row = Math.floor(i / (3 * width));
      if (row < 2) return (i * 7) % 256; // differences from the left are small
      return row < 4 ? (i % (3 * width)) * 5 : random.integer(256); // a repeated row, then noise
    });
    // An independent decoder reads it: the one that draws the static pictures.
    const url = pngUrl({ width, height, rgb });
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="6">
      <image width="9" height="6" image-rendering="optimizeSpeed" xlink:href="${url}"/></svg>`;
    const drawn = await svgPixels(svg, 1);
    expect([drawn.width, drawn.height]).toEqual([width, height]);
    expect(Uint8Array.from(drawn.pixels.filter((_, i) => i % 4 !== 3))).toEqual(rgb);
  });
});
