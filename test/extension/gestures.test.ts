import { describe, expect, test } from "vitest";
import { axis } from "../../src/data";
import { loadView, PageElement } from "../support/page";

type Shape = { kind: string; rows: [number, number]; columns: [number, number] };

/** A map of 40 x 50 scan pixels, 10 CSS pixels each. */
async function mapOf(tool = "rectangle") {
  const { followMap } = await loadView("explore/map-gestures.ts");
  const canvas = new PageElement("canvas");
  const sent: Shape[] = [];
  let region: Shape | null = null;
  followMap(
    { sheet: { canvas }, placeOf: (event: MouseEventLike) => [event.clientY / 10, event.clientX / 10] } as never,
    {
      scan: [40, 50],
      tool: () => tool,
      region: () => region,
      cursor: () => undefined,
      point: () => {},
      draw: (shape: Shape, isFinal: boolean) => {
        region = shape;
        if (isFinal) sent.push(shape);
      },
      pin: () => {},
    } as never,
  );
  return { canvas, sent };
}

interface MouseEventLike {
  readonly clientX: number;
  readonly clientY: number;
}

describe("a hand on a map", () => {
  test("keeps what was drawn when the browser takes the gesture away, which says no place", async () => {
    const { canvas, sent } = await mapOf();
    canvas.tell("pointerdown", 205, 205);
    canvas.tell("pointermove", 305, 255);
    canvas.tell("pointercancel"); // at (0, 0), as browsers do
    canvas.tell("lostpointercapture");
    expect(sent).toEqual([{ kind: "rectangle", rows: [20, 26], columns: [20, 31] }]);
  });

  test("is one finger: a palm that comes later draws nothing", async () => {
    const { canvas, sent } = await mapOf();
    canvas.tell("pointerdown", 205, 205);
    canvas.tell("pointerdown", 5, 5, { pointerId: 2 });
    canvas.tell("pointermove", 15, 15, { pointerId: 2 });
    canvas.tell("pointerup", 15, 15, { pointerId: 2 });
    canvas.tell("pointermove", 255, 255);
    canvas.tell("pointerup", 255, 255);
    expect(sent).toEqual([{ kind: "rectangle", rows: [20, 26], columns: [20, 26] }]);
  });

  test("does not tell a region anew that it took and left where it was", async () => {
    const { canvas, sent } = await mapOf();
    canvas.tell("pointerdown", 105, 105);
    canvas.tell("pointerup", 205, 205);
    expect(sent).toHaveLength(1);
    canvas.tell("pointerdown", 155, 155);
    canvas.tell("pointermove", 157, 154);
    canvas.tell("pointerup", 157, 154);
    expect(sent).toHaveLength(1);
    canvas.tell("pointerdown", 155, 155);
    canvas.tell("pointermove", 185, 155);
    canvas.tell("pointermove", 156, 155);
    canvas.tell("pointerup", 156, 155);
    expect(sent).toHaveLength(2); // it was elsewhere meanwhile
    expect(sent[1]).toEqual(sent[0]);
  });
});

/** A spectrum of 100 channels from 200 eV, 5 CSS pixels each from 0 on. */
async function spectrumOf(scale = 1) {
  const { followSpectrum } = await loadView("explore/spectrum-gestures.ts");
  const canvas = new PageElement("canvas");
  const sent: (readonly [number, number])[] = [];
  let band: readonly [number, number] = [219.7, 240.2]; // given by a cell: not at the edges of channels
  const energy = axis("energy", 100, { units: "eV", offset: scale > 0 ? 200 : 299, scale });
  const pixel = (value: number) => 5 * (value - 199.5);
  const panel = {
    sheet: { canvas },
    axis: energy,
    floor: 200,
    range: [199.5, 299.5],
    whole: [199.5, 299.5],
    x: { pixel, value: (x: number) => 199.5 + x / 5, range: [0, 500] },
    channelAt: (value: number) => Math.max(0, Math.min(99, Math.round((value - energy.offset) / scale))),
    show: () => {},
  };
  followSpectrum(
    panel as never,
    {
      band: () => band,
      choose: (chosen: readonly [number, number], isFinal: boolean) => {
        band = chosen;
        if (isFinal) sent.push(chosen);
      },
      point: () => {},
      zoomed: () => {},
    } as never,
  );
  return { canvas, sent, pixel };
}

describe.each([1, -1])("a hand on a spectrum with steps of %i eV", (scale) => {
  test("leaves the band as it is at a click, inside, at an edge or beside it", async () => {
    const { canvas, sent, pixel } = await spectrumOf(scale);
    for (const at of [230, 219, 241, 270]) {
      canvas.tell("pointerdown", pixel(at), 50);
      canvas.tell("pointermove", pixel(at) + 1, 50);
      canvas.tell("pointerup", pixel(at) + 1, 50);
    }
    expect(sent).toEqual([]);
  });

  test("moves the band, and keeps it when the browser takes the gesture away", async () => {
    const { canvas, sent, pixel } = await spectrumOf(scale);
    canvas.tell("pointerdown", pixel(230), 50);
    canvas.tell("pointermove", pixel(240), 50);
    canvas.tell("pointercancel");
    canvas.tell("lostpointercapture");
    expect(sent).toHaveLength(1);
    expect(sent[0][0]).toBeCloseTo(229.5, 6);
    expect(sent[0][1]).toBeCloseTo(250.5, 6);
  });

  test("is one finger", async () => {
    const { canvas, sent, pixel } = await spectrumOf(scale);
    canvas.tell("pointerdown", pixel(260), 50);
    canvas.tell("pointerdown", pixel(205), 50, { pointerId: 2 });
    canvas.tell("pointermove", pixel(206), 50, { pointerId: 2 });
    canvas.tell("pointerup", pixel(206), 50, { pointerId: 2 });
    canvas.tell("pointermove", pixel(270), 50);
    canvas.tell("pointerup", pixel(270), 50);
    expect(sent).toHaveLength(1);
    expect(sent[0][0]).toBeCloseTo(259.5, 6);
    expect(sent[0][1]).toBeCloseTo(270.5, 6);
  });
});
