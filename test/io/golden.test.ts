import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { describe, expect } from "vitest";
import { testPeers } from "../support/reader-peers";
import { hasShared, shared } from "../support/shared-data";
import { temporaryFolder } from "../support/temporary-folder";
import { compareFile, type Outcome, type PeerResult } from "./golden/compare";
import { formatsPage, PAGE } from "./golden/page";
import { REVIEWED } from "./golden/reviewed";

const folder = temporaryFolder();
const FOLDERS = ["eels", "formats", "fto", "spm"];
const root = shared("data");

function filesIn(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    return statSync(path).isDirectory() ? filesIn(path) : [path];
  });
}

/** Every data file of the shared fixtures, read by us and by a peer. */
async function compareAll(peer: (script: string, args: readonly string[]) => Promise<unknown>): Promise<Outcome[]> {
  const names = FOLDERS.flatMap((name) => filesIn(join(root, name)))
    .map((path) => relative(root, path))
    .filter((name) => !name.endsWith(".json"))
    .sort();
  const script = resolve(__dirname, "golden/read-with-peers.py");
  const found = (await peer(script, [root, folder, ...names])) as Record<string, PeerResult>;
  const outcomes: Outcome[] = [];
  for (const [file, result] of Object.entries(found)) {
    outcomes.push(await compareFile(file, result.at ?? join(root, file), result));
  }
  return outcomes;
}

describe.skipIf(!hasShared)("every fixture", () => {
  testPeers(
    "has the shapes, axes, units and sums that the Python readers give it, or a reviewed reason",
    async (peer) => {
      const outcomes = await compareAll(peer);
      expect(outcomes.length).toBeGreaterThanOrEqual(80);
      const reviewed = new Map(REVIEWED.map((entry) => [entry.file, entry]));
      const unreviewed = outcomes.filter(({ file, state }) => state !== "same" && !reviewed.has(file));
      expect(unreviewed.map(({ file, state, differences, said }) => ({ file, state, differences, said }))).toEqual([]);
      for (const { file, state, differences } of outcomes) {
        const entry = reviewed.get(file);
        if (entry === undefined) continue;
        expect(state, `${file} is reviewed and must still differ`).not.toBe("same");
        const what = state === "differs" ? differences : [`${state}: not read`];
        expect(what.filter((difference) => !entry.differences.test(difference))).toEqual([]);
      }
      const page = formatsPage(outcomes);
      if (process.env.SPECBOOK_WRITE_DOCS !== undefined) writeFileSync(PAGE, page);
      expect(page, "docs/formats.md is out of date: npm run docs:formats").toBe(readFileSync(PAGE, "utf8"));
      expect([...reviewed.keys()].filter((file) => !outcomes.some((outcome) => outcome.file === file))).toEqual([]);
    },
  );
});
