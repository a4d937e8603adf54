import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { download } from "../../src/core/download";
import { createRandom } from "../../src/core/random";
import { type Answer, cutAt, ignoringRange, serveFile, whole } from "../support/file-server";
import { temporaryFolder } from "../support/temporary";

const random = createRandom(1);
const CONTENT = Buffer.from(Uint8Array.from({ length: 300_000 }, () => random.integer(256)));
const OTHER = Buffer.from(CONTENT).fill(7, 1000, 2000);
const sha256 = createHash("sha256").update(CONTENT).digest("hex");
const size = CONTENT.length;
const quick = { size, sha256, pause: 1, tries: 3 };

describe("download", () => {
  test("writes the file under its name and leaves nothing else", async () => {
    const folder = temporaryFolder();
    const { url } = await serveFile(whole(CONTENT));
    const to = join(folder, "deep/file.bin");
    const seen: number[] = [];
    expect(await download({ ...quick, url, to, onProgress: (p) => seen.push(p.received) })).toBe(to);
    expect(readFileSync(to).equals(CONTENT)).toBe(true);
    expect(readdirSync(join(folder, "deep"))).toEqual(["file.bin"]);
    expect(seen.at(-1)).toBe(size);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  test("asks for nothing when the right file is there", async () => {
    const { url, starts } = await serveFile(whole(CONTENT));
    const to = join(temporaryFolder(), "file.bin");
    writeFileSync(to, CONTENT);
    await download({ ...quick, url, to });
    expect(starts).toEqual([]);
  });

  test("replaces a wrong file of that name", async () => {
    const { url } = await serveFile(whole(CONTENT));
    const to = join(temporaryFolder(), "file.bin");
    writeFileSync(to, OTHER);
    await download({ ...quick, url, to });
    expect(readFileSync(to).equals(CONTENT)).toBe(true);
  });

  test("knows a file by its git blob id", async () => {
    const { url } = await serveFile(whole(Buffer.from("hello\n")), whole(Buffer.from("hullo\n")));
    const folder = temporaryFolder();
    const gitBlobSha1 = "ce013625030ba8dba906f756967f9e9ca394464a"; // `echo hello | git hash-object --stdin`
    await download({ url, gitBlobSha1, to: join(folder, "a") });
    expect(readFileSync(join(folder, "a"), "utf8")).toBe("hello\n");
    await expect(download({ url, gitBlobSha1, to: join(folder, "b") })).rejects.toThrow(/wrong checksum/);
  });

  test("continues after a cut connection where it stopped", async () => {
    const { url, starts } = await serveFile(cutAt(CONTENT, 100_000), cutAt(CONTENT, 250_000), whole(CONTENT));
    const to = join(temporaryFolder(), "file.bin");
    await download({ ...quick, url, to });
    expect(readFileSync(to).equals(CONTENT)).toBe(true);
    expect(starts).toEqual([0, 100_000, 250_000]);
  });

  test("keeps what arrived when it gives up, and the next call continues", async () => {
    const cut = cutAt(CONTENT, 100_000);
    const { url, starts } = await serveFile(cut, cut, cut, whole(CONTENT));
    const to = join(temporaryFolder(), "file.bin");
    await expect(download({ ...quick, url, to })).rejects.toThrow(/100 kB are kept/);
    expect(existsSync(to)).toBe(false);
    await download({ ...quick, url, to });
    expect(starts).toEqual([0, 100_000, 100_000, 100_000]);
    expect(readFileSync(to).equals(CONTENT)).toBe(true);
  });

  test("starts over at a server that ignores Range", async () => {
    const { url } = await serveFile(cutAt(CONTENT, 100_000), ignoringRange(CONTENT));
    const to = join(temporaryFolder(), "file.bin");
    await download({ ...quick, url, to });
    expect(readFileSync(to).equals(CONTENT)).toBe(true);
  });

  test("starts over when the part on disk is of another file", async () => {
    const { url, starts } = await serveFile(whole(CONTENT));
    const to = join(temporaryFolder(), "file.bin");
    writeFileSync(`${to}.part`, OTHER.subarray(0, 5000));
    await download({ ...quick, url, to });
    expect(starts).toEqual([5000, 0]);
    expect(readFileSync(to).equals(CONTENT)).toBe(true);
  });

  test("refuses other bytes and keeps none of them", async () => {
    const folder = temporaryFolder();
    const { url } = await serveFile(whole(OTHER));
    await expect(download({ ...quick, url, to: join(folder, "f") })).rejects.toMatchObject({ tag: "FileError" });
    expect(readdirSync(folder)).toEqual([]);
  });

  test("refuses another size before it reads it, and one without a stated length after", async () => {
    const folder = temporaryFolder();
    const { url } = await serveFile(whole(CONTENT.subarray(1)), (response) => {
      response.writeHead(200);
      response.end(Buffer.concat([CONTENT, Buffer.from("more")]));
    });
    await expect(download({ ...quick, url, to: join(folder, "f") })).rejects.toThrow(/another size.*\n.*299999 bytes/);
    await expect(download({ ...quick, url, to: join(folder, "f") })).rejects.toThrow(/too long/);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("does not repeat a refusal, but does repeat a busy server", async () => {
    const refusal = await serveFile((response) => response.writeHead(404).end());
    const to = join(temporaryFolder(), "file.bin");
    await expect(download({ ...quick, url: refusal.url, to })).rejects.toThrow(/HTTP 404/);
    expect(refusal.starts).toHaveLength(1);
    const busy = await serveFile((response) => response.writeHead(503).end(), whole(CONTENT));
    await download({ ...quick, url: busy.url, to });
    expect(busy.starts).toHaveLength(2);
  });

  test("takes a silent connection for dead", async () => {
    const silent: Answer = (response) => response.writeHead(200, { "content-length": size }).flushHeaders();
    const { url, starts } = await serveFile(silent, whole(CONTENT));
    await download({ ...quick, url, to: join(temporaryFolder(), "f"), stall: 200 });
    expect(starts).toHaveLength(2);
  });

  test("says so offline, and what to do instead", async () => {
    const to = join(temporaryFolder(), "file.bin");
    // Port 9 (discard) of the own machine has no listener; a host under .invalid never exists (RFC 2606).
    for (const url of ["http://127.0.0.1:9/file", "http://data.invalid/file"]) {
      const alternative = "Or use simulate.nanoparticleArray().";
      await expect(download({ ...quick, url, to, alternative })).rejects.toMatchObject({
        tag: "FileError",
        got: expect.stringContaining(url),
        remedy: expect.stringMatching(/browser.*simulate\.nanoparticleArray/),
      });
    }
  });

  test("stops on its signal and continues later", async () => {
    const stop = new AbortController();
    const { url, starts } = await serveFile((response) => {
      response.writeHead(200, { "content-length": size });
      response.write(CONTENT.subarray(0, 50_000), () => setTimeout(() => stop.abort(), 50));
    }, whole(CONTENT));
    const to = join(temporaryFolder(), "file.bin");
    await expect(download({ ...quick, url, to, signal: stop.signal })).rejects.toMatchObject({ tag: "CancelledError" });
    await download({ ...quick, url, to });
    expect(starts).toEqual([0, 50_000]);
  });

  test("fetches once for two callers at the same time", async () => {
    const { url, starts } = await serveFile(whole(CONTENT));
    const to = join(temporaryFolder(), "file.bin");
    await Promise.all([download({ ...quick, url, to }), download({ ...quick, url, to })]);
    expect(starts).toHaveLength(1);
  });

  test("insists on a checksum", () => {
    expect(() => download({ url: "http://127.0.0.1:9/", to: "x" })).toThrow(/needs a checksum/);
  });
});
