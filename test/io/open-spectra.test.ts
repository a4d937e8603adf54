import { appendFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { SpectrumImage } from "../../src/data";
import { rowsAtOnce, type SpectrumSource } from "../../src/data/spectrum-source";
import { pickSpectra } from "../../src/io/choose-signal";
import { readDraft } from "../../src/io/finish";
import { withDrafts } from "../../src/io/formats";
import { load } from "../../src/io/load";
import { type OpenOptions, open } from "../../src/io/open-spectra";
import { permute } from "../../src/io/permute";
import { caught } from "../support/caught";
import { putFixture } from "../support/hdf5-fixtures";
import { shared, testShared } from "../support/shared-data";
import { temporaryFolder } from "../support/temporary-folder";
import { addNsid, type NsidDimension, steps, writeHdf5 } from "../support/write-hdf5";
import { writeNpy } from "../support/write-npy";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

const [ROWS, COLUMNS, CHANNELS] = [5, 4, 6];
/** No two equal values and no symmetry: a swapped axis shows. */
const cube = Float32Array.from({ length: ROWS * COLUMNS * CHANNELS }, (_, i) => i + (i % 7) / 8);
const scan: NsidDimension[] = [
  { name: "y", values: steps(ROWS, 0.5, 10), units: "nm", type: "SPATIAL" },
  { name: "x", values: steps(COLUMNS, 0.25), units: "nm", type: "SPATIAL" },
];
const loss: NsidDimension = { name: "energy_loss", values: steps(CHANNELS, 2, 100), units: "eV", type: "SPECTRAL" };
const eels = (channel: string, options: object = {}) => ({
  channel,
  data: cube,
  dimensions: [...scan, loss],
  dataType: "SPECTRAL_IMAGE",
  quantity: "energy loss",
  ...options,
});
const CALIBRATED: OpenOptions = { energy: { units: "eV", offset: 100, scale: 2 } };

/** All of the spectra that `open` chooses, read at once by the way of `load`. */
const whole = (path: string, options: OpenOptions = {}) =>
  withDrafts(path, (drafts) => readDraft(path, pickSpectra(path, drafts, options), options)) as Promise<SpectrumImage>;

/** The values of a part, by the definition. */
function cut({ data }: { data: Float32Array }, rows: number[], columns: number[], channels: number[]): number[] {
  const range = ([first, end]: number[]) => Array.from({ length: end - first }, (_, i) => first + i);
  return range(rows).flatMap((y) =>
    range(columns).flatMap((x) => range(channels).map((c) => data[(y * COLUMNS + x) * CHANNELS + c])),
  );
}

/** Channel i of pixel (y, x) at [i, y, x], and so on: the cube with its axes in another order. */
const turned = (order: readonly number[]) => permute(cube, [ROWS, COLUMNS, CHANNELS], order);

const nsid = () => writeHdf5(at("plain.h5"), (root) => void addNsid(root, eels("Channel_000")));

const FILES: readonly (readonly [string, () => Promise<string> | string, OpenOptions])[] = [
  ["NSID", nsid, {}],
  [
    "packed chunks",
    () =>
      writeHdf5(at("packed.h5"), (root) => {
        addNsid(root, eels("Channel_000", { compression: "gzip", chunks: [2, 3, 4] }));
      }),
    {},
  ],
  [
    "the energy axis first",
    () =>
      writeHdf5(at("energy-first.h5"), (root) => {
        addNsid(root, eels("Channel_000", { data: turned([2, 0, 1]), dimensions: [loss, ...scan] }));
      }),
    {},
  ],
  [
    "the energy axis in the middle",
    () =>
      writeHdf5(at("energy-between.h5"), (root) => {
        addNsid(root, eels("Channel_000", { data: turned([0, 2, 1]), dimensions: [scan[0], loss, scan[1]] }));
      }),
    {},
  ],
  [
    "big-endian 16-bit integers",
    () => {
      const bytes = Buffer.alloc(2 * cube.length);
      cube.forEach((value, i) => {
        bytes.writeInt16BE(Math.round(-3 * value), 2 * i);
      });
      return writeNpy(at("big-endian.npy"), ">i2", [ROWS, COLUMNS, CHANNELS], bytes);
    },
    CALIBRATED,
  ],
  [
    "half precision in Fortran order",
    () => {
      // 0x3c00 + i: 1, 1 + 2^-10, ...
      const words = Uint16Array.from(cube, (_, i) => 0x3c00 + i);
      const bytes = new Uint8Array(words.buffer);
      return writeNpy(at("half.npy"), "<f2", [ROWS, COLUMNS, CHANNELS], bytes, { fortranOrder: true });
    },
    CALIBRATED,
  ],
  ["USID, which is read once", () => putFixture(folder, "usid_snake"), {}],
  ["HyperSpy with turned axes", () => putFixture(folder, "hspy_turned"), {}],
  ["a line scan", () => putFixture(folder, "hspy_line"), {}],
];

describe("open", () => {
  test.each(FILES)("%s: blocks of rows are the whole", async (_, make, options) => {
    const path = await make();
    const all = await whole(path, options);
    const file = await open(path, options);
    expect([file.kind, file.shape, file.axes]).toEqual(["spectrum-source", all.shape, all.axes]);
    expect(file.history).toEqual(all.history);
    expect(file.metadata).toEqual(all.metadata);
    for (const block of [1, 2, 7]) {
      const parts: number[] = [];
      for await (const rows of file.rows({ block })) parts.push(...rows.data);
      expect(parts).toEqual([...all.data]);
    }
    const [rows, columns, channels] = all.shape;
    const raw = await file.readRows(rows - 1, rows);
    expect([...raw]).toEqual([...all.data.subarray((rows - 1) * columns * channels)]);
    expect((await file.slice()).data).toEqual(all.data);
  });

  test("cuts a part with its axes, and says so in the history", async () => {
    const path = await nsid();
    const all = await whole(path);
    const file = await open(path);
    const part = await file.slice({ rows: [1, 3], columns: [2, 4], energy: [102, 107] });
    expect(part.shape).toEqual([2, 2, 3]); // 102, 104, 106 eV
    expect([...part.data]).toEqual(cut(all, [1, 3], [2, 4], [1, 4]));
    expect(part.axes.y).toMatchObject({
      name: "y",
      units: "nm",
      offset: all.axes.y.offset + all.axes.y.scale,
    });
    expect(part.axes.x).toMatchObject({ offset: all.axes.x.offset + 2 * all.axes.x.scale, size: 2 });
    expect(part.axes.energy).toMatchObject({ units: "eV", offset: 102, scale: 2, size: 3 });
    expect(part.history).toEqual([
      ...all.history,
      expect.objectContaining({
        operation: "slice",
        options: { rows: [1, 3], columns: [2, 4], energy: [102, 107] },
      }),
    ]);
  });

  test("cuts energies of an axis that runs down, in eV all the same", async () => {
    const path = await nsid();
    const file = await open(path, { energy: { units: "eV", offset: 110, scale: -2 } });
    const part = await file.slice({ energy: [104, 108] });
    expect(part.axes.energy).toMatchObject({ offset: 108, scale: -2, size: 3 });
    expect([...part.data]).toEqual(cut(await whole(path), [0, ROWS], [0, COLUMNS], [1, 4]));
  });

  test("adds up maps and the mean spectrum", async () => {
    const path = await nsid();
    const all = await whole(path);
    const file = await open(path);
    const map = await file.sumMap({ energy: [100, 104] });
    expect(map.shape).toEqual([ROWS, COLUMNS]);
    expect(map.axes).toEqual({ y: all.axes.y, x: all.axes.x });
    expect(map.data[1 * COLUMNS + 2]).toBe(cut(all, [1, 2], [2, 3], [0, 3]).reduce((a, b) => a + b));
    expect(map.data).not.toEqual((await file.sumMap()).data);
    const mean = await file.meanSpectrum();
    expect([mean.shape, mean.axes.energy]).toEqual([[1, 1, CHANNELS], all.axes.energy]);
    const sum = cut(all, [0, ROWS], [0, COLUMNS], [3, 4]).reduce((a, b) => a + b);
    expect(mean.data[3]).toBeCloseTo(sum / (ROWS * COLUMNS), 5); // float32
  });

  test("reads the end of a file of 6 GB", async () => {
    const shape = [1500, 1000, 1024];
    const last = new Uint8Array(Float32Array.of(1.5, -2.5).buffer);
    const totalBytes = 4 * shape.reduce((a, b) => a * b);
    const path = writeNpy(at("large.npy"), "<f4", shape, last, { totalBytes, position: totalBytes - 8 });
    const file = await open(path, CALIBRATED);
    const end = await file.slice({ rows: [1499, 1500], columns: [999, 1000] });
    expect([...end.data.subarray(-3)]).toEqual([0, 1.5, -2.5]);
    rmSync(path);
  });

  test("takes whole chunks of rows at once", async () => {
    const path = await writeHdf5(at("chunked.h5"), (root) => {
      addNsid(root, eels("Channel_000", { compression: "gzip", chunks: [3, 4, 6] }));
    });
    const file = await open(path);
    expect(file.rowStep).toBe(3);
    const row = 4 * COLUMNS * CHANNELS;
    expect([row, 4 * row, 5 * row, 1e9].map((bytes) => rowsAtOnce(file, bytes))).toEqual([3, 3, 3, ROWS]);
    expect((await open(await nsid())).rowStep).toBe(1);
  });

  test("does not take whole chunks where one of them is far more than a block", () => {
    const tall = { shape: [512, 512, 2048], rowStep: 512 } as unknown as SpectrumSource; // 2 GB in chunks of all rows
    const row = 4 * 512 * 2048;
    expect([1, row, 64 * row, 128 * row].map((bytes) => rowsAtOnce(tall, bytes))).toEqual([1, 4, 256, 512]);
    expect(rowsAtOnce(tall) * row).toBeLessThanOrEqual(2 ** 28);
  });

  test.runIf(process.platform === "linux")("leaves no file open", async () => {
    const path = await nsid();
    const file = await open(path);
    await file.slice();
    const linked = () => readdirSync("/proc/self/fd").length;
    const before = linked();
    const others = await Promise.all([open(path), open(path)]);
    await Promise.all(others.map((other) => other.readRows(0, 1)));
    expect(linked()).toBeLessThanOrEqual(before);
  });
});

testShared("a DigitalMicrograph file, energy first, is read by rows with its axes", async () => {
  const path = shared("data/eels/DMReader_SpectrumImage_SI-EELS.dm3");
  const all = await whole(path);
  const file = await open(path);
  for (const block of [1, 20]) {
    let first = 0;
    for await (const { data, shape } of file.rows({ block })) {
      const expected = all.data.subarray(first * 6 * 1024, (first + shape[0]) * 6 * 1024);
      expect(data.every((value, i) => value === expected[i])).toBe(true);
      first += shape[0];
    }
    expect(first).toBe(49);
  }
  const edge = await file.slice({ rows: [10, 12], energy: [640, 650] });
  expect([edge.shape, edge.axes.energy.offset]).toEqual([[2, 6, 21], 640]);
  expect(edge.data[21 + 3]).toBe(all.data[(10 * 6 + 1) * 1024 + 580 + 3]);
});

describe("open chooses", () => {
  test("between several spectrum images by name or path, and says what to type", async () => {
    const path = await writeHdf5(at("two.h5"), (root) => {
      addNsid(root, eels("Channel_000"));
      addNsid(root, eels("Channel_001", { data: cube.map((value) => -value) }));
    });
    const error = await caught(() => open(path));
    expect([error.tag, error.remedy]).toEqual(["OptionError", expect.stringContaining("await open(")]);
    expect(error.remedy).toContain('{ spectra: "Channel_000" }');
    const file = await open(path, { spectra: "Channel_001" });
    expect((await file.readRows(0, 1))[1]).toBe(-cube[1]);
  });

  test("needs no image beside the spectra, unlike load", async () => {
    const path = await nsid();
    expect((await caught(() => load(path))).tag).toBe("FormatError");
    expect((await open(path)).shape).toEqual([ROWS, COLUMNS, CHANNELS]);
  });
});

describe("open refuses", () => {
  const part = async (options: object) => caught(async () => (await open(await nsid())).slice(options));

  test("parts outside the scan or the energy axis", async () => {
    expect(await part({ rows: [2, 6] })).toMatchObject({ tag: "ShapeError", got: "rows [2, 6]" });
    expect(await part({ columns: [1, 1] })).toMatchObject({ tag: "ShapeError", got: "columns [1, 1]" });
    expect(await part({ energy: [90, 104] })).toMatchObject({ tag: "OptionError", got: "energy [90, 104]" });
    expect(await part({ energy: [102.5, 103.5] })).toMatchObject({
      needed: "from <= to, within 100 to 110 eV, at least one step of 2 eV",
    });
    expect((await part({ energy: [Number.NaN, 104] })).tag).toBe("OptionError");
    const file = await open(await nsid());
    expect((await caught(() => file.rows({ block: 0 }).next())).got).toBe("block: 0");
  });

  test("a file that has changed, was replaced, or is gone", async () => {
    const path = await writeHdf5(at("changing.h5"), (root) => void addNsid(root, eels("Channel_000")));
    const opened = () => open(path);
    const file = await opened();
    utimesSync(path, 1, 2);
    const error = await caught(() => file.slice());
    expect([error.tag, error.remedy]).toEqual(["FileError", expect.stringContaining("open it again: await open(")]);
    const again = await opened();
    appendFileSync(path, "x");
    utimesSync(path, 1, 2);
    expect((await caught(() => again.readRows(0, 1))).tag).toBe("FileError");
    rmSync(path);
    expect((await caught(() => again.slice())).got).toContain("no such file");
    expect((await caught(opened)).tag).toBe("FileError");
  });

  test("a file in no known format", async () => {
    writeFileSync(at("note.txt"), "no data");
    expect((await caught(() => open(at("note.txt")))).tag).toBe("FormatError");
  });
});

describe("values that are not finite", () => {
  const spoilt = cube.slice();
  spoilt[(3 * COLUMNS + 1) * CHANNELS + 2] = Number.NaN;
  spoilt[(3 * COLUMNS + 1) * CHANNELS + 4] = Number.POSITIVE_INFINITY;
  const path = () => writeHdf5(at("spoilt.h5"), (root) => void addNsid(root, eels("Channel_000", { data: spoilt })));

  test("are refused with their place in the whole, where they are read", async () => {
    const file = await open(await path());
    const error = await caught(() => file.slice({ rows: [2, 5] }));
    expect([error.tag, error.got]).toEqual(["DataError", expect.stringContaining("(NaN) at [3, 1, 2]")]);
    expect((await file.slice({ rows: [0, 3] })).shape[0]).toBe(3);
  });

  test("are kept and counted, or set to 0, on request", async () => {
    const kept = await (await open(await path(), { nonFinite: "keep" })).slice({ rows: [3, 4] });
    expect([kept.metadata.nonFinite, kept.data[CHANNELS + 2]]).toEqual([2, Number.NaN]);
    const zero = await (await open(await path(), { nonFinite: "zero" })).slice({ rows: [3, 4] });
    expect([...zero.data.subarray(CHANNELS + 2, CHANNELS + 5)]).toEqual([0, spoilt[81], 0]);
    expect(zero.history[0].options.nonFinite).toBe("2 values: set to 0");
  });
});

test("a turn of the axes by whole places is a transposition, in tiles of any size", () => {
  for (const [order, shape] of [
    [
      [1, 2, 0],
      [70, 3, 11],
    ],
    [
      [2, 0, 1],
      [2, 33, 45],
    ],
    [
      [1, 0],
      [40, 65],
    ],
    [
      [0, 1, 2],
      [2, 3, 4],
    ],
  ]) {
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => i);
    const result = permute(data, shape, order);
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
    const sizes = order.map((from) => shape[from]);
    const expected = Array.from(data, (_, to) => {
      let rest = to;
      let from = 0;
      for (let place = order.length - 1; place >= 0; place--) {
        from += (rest % sizes[place]) * strides[order[place]];
        rest = Math.floor(rest / sizes[place]);
      }
      return from;
    });
    expect([...result]).toEqual(expected);
  }
});
