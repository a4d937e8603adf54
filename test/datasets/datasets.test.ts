import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DisplayHandle, setHost } from "../../src/core";
import * as datasets from "../../src/datasets";
import type { Dataset } from "../../src/datasets/catalogue";
import { fetchDataset, openDataset } from "../../src/datasets/open-dataset";
import { caught } from "../support/caught";
import { cutAt, serveFile, whole } from "../support/file-server";
import { temporaryFolder } from "../support/temporary-folder";
import { addNsid, type NsidDimension, steps, writeHdf5 } from "../support/write-hdf5";

const folder = temporaryFolder();
const CACHE = join(folder, "cache");

beforeEach(() => {
  process.env.SPECBOOK_CACHE = CACHE;
});

afterEach(() => {
  delete process.env.SPECBOOK_CACHE;
  delete process.env.SPECBOOK_DATASETS_BASE;
  setHost(undefined);
});

/** A small file in the layout of the published one, and its entry. */
async function published(name: string): Promise<{ content: Buffer; entry: Dataset }> {
  const scan: NsidDimension[] = [
    { name: "x", values: steps(6, 0.5), units: "nm", type: "SPATIAL" },
    { name: "y", values: steps(7, 0.5), units: "nm", type: "SPATIAL" },
  ];
  const loss: NsidDimension = { name: "energy_loss", values: steps(50, 0.01, 0.2), units: "", type: "SPECTRAL" };
  const path = await writeHdf5(join(folder, `${name}.h5`), (root) => {
    const plane = Float64Array.from({ length: 42 }, (_, i) => i);
    const cube = Float64Array.from({ length: 42 * 50 }, (_, i) => Math.sin(i));
    addNsid(root, { channel: "Channel_000", data: plane, dimensions: scan, dataType: "IMAGE", quantity: "HAADF" });
    const spectra = { dimensions: [...scan, loss], dataType: "SPECTRAL_IMAGE", quantity: "EELS" };
    addNsid(root, { channel: "Channel_001", data: cube, ...spectra });
  });
  const content = readFileSync(path);
  const gitBlobSha1 = createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
  const entry = { ...datasets.list()[0], file: `${name}.h5`, size: content.length, gitBlobSha1 };
  return { content, entry };
}

const how = { image: "Channel_000", spectra: "Channel_001", energy: { units: "eV" } } as const;

describe("a data set", () => {
  test("is downloaded once, also over a broken connection, verified, and read with its licence and citation", async () => {
    const { content, entry } = await published("small");
    const { url, starts } = await serveFile(cutAt(content, 9000), whole(content));
    const seen: number[] = [];
    const onProgress = ({ received }: { received: number }) => void seen.push(received);
    const { image, spectra } = await openDataset(entry, { url, onProgress }, how);
    expect([image.shape, spectra.shape]).toEqual([
      [6, 7],
      [6, 7, 50],
    ]);
    expect(spectra.data).toMatchArray(Float32Array.from({ length: 2100 }, (_, i) => Math.sin(i)));
    expect(spectra.axes.energy).toMatchObject({ units: "eV", offset: 0.2 });
    for (const { metadata, history } of [image, spectra]) {
      expect(metadata).toMatchObject({ licence: entry.licence, citation: entry.citation, source: entry.title });
      expect(history[0].operation).toBe("read");
    }
    expect(starts).toHaveLength(2);
    expect(seen.at(-1)).toBe(content.length);
    await openDataset(entry, { url }, how);
    expect(starts).toHaveLength(2);
  });

  test("comes from the folder of SPECBOOK_DATASETS_BASE where that is set", async () => {
    const { content, entry } = await published("mirror");
    const { url } = await serveFile(whole(content));
    process.env.SPECBOOK_DATASETS_BASE = url.replace(/\/file$/, "/");
    expect(readFileSync(await fetchDataset(entry)).equals(content)).toBe(true);
  });

  test("that is another file than was published is refused", async () => {
    const { content, entry } = await published("forged");
    const forged = Buffer.from(content);
    forged[5000] ^= 1;
    const { url } = await serveFile(whole(forged));
    expect((await caught(() => fetchDataset(entry, { url }))).message).toMatch(/wrong checksum/);
    expect(existsSync(join(CACHE, "datasets", entry.gitBlobSha1.slice(0, 12), entry.file))).toBe(false);
  });

  test("draws its progress in a cell, in one line", async () => {
    const { content, entry } = await published("drawn");
    const { url } = await serveFile(whole(content));
    const texts: unknown[] = [];
    const handle: DisplayHandle = { id: "1", update: (bundle) => void texts.push(bundle["text/plain"]) };
    const display = (bundle: Readonly<Record<string, unknown>>) => {
      handle.update(bundle);
      return handle;
    };
    setHost({ signal: () => undefined, display });
    await fetchDataset(entry, { url });
    expect(texts.at(-1)).toMatch(/Plasmons of .*: \d.* kB of \d.* kB \(100 %\)/);
  });

  test("stops with the cell", async () => {
    const { entry, content } = await published("stopped");
    const { url } = await serveFile(whole(content));
    const stop = new AbortController();
    stop.abort();
    setHost({ signal: () => stop.signal, display: () => ({ id: "1", update: () => {} }) });
    expect((await caught(() => fetchDataset(entry, { url }))).tag).toBe("CancelledError");
  });
});

describe("datasets.fito", () => {
  test("without a network says so and names what stands in", async () => {
    const error = await caught(() => datasets.fito({ url: "http://127.0.0.1:9/test_stem.h5" }));
    expect(error.tag).toBe("FileError");
    expect(error.got).toMatch(/refused|bad port/);
    expect(error.remedy).toMatch(/simulate\.nanoparticleArray\(\)/);
  });

  test("is listed with address, size, check sum, licence and citation", () => {
    const [entry] = datasets.list();
    expect(entry).toMatchObject({ name: "fito", size: 55_702_624, licence: expect.stringContaining("MIT") });
    expect(entry.url).toMatch(/^https:.*test_stem\.h5$/);
    expect(entry.gitBlobSha1).toMatch(/^[0-9a-f]{40}$/);
    expect(entry.citation).toMatch(/Small 17, 2100181 \(2021\)/);
    expect(Object.keys(datasets).sort()).toEqual(["fito", "isCached", "list"]);
  });

  test("is said to be cached only when its whole file is there", async () => {
    const [entry] = datasets.list();
    expect(await datasets.isCached("fito")).toBe(false);
    const place = join(CACHE, "datasets", entry.gitBlobSha1.slice(0, 12));
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, entry.file), "");
    truncateSync(join(place, entry.file), entry.size - 1);
    expect(await datasets.isCached("fito")).toBe(false);
    truncateSync(join(place, entry.file), entry.size);
    expect(await datasets.isCached("fito")).toBe(true);
    rmSync(place, { recursive: true });
    expect(await caught(() => datasets.isCached("fitto"))).toMatchObject({ tag: "OptionError", needed: '"fito"' });
  });
});
