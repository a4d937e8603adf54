import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, describe, expect } from "vitest";
import { testBuilt } from "../support/command-line";
import { temporaryFolder } from "../support/temporary-folder";
import { CASES } from "./damage/cases";
import { damageTrial, type Trial } from "./damage/trial";

const folder = temporaryFolder();
const MUTANTS = Number(process.env.SPECBOOK_DAMAGE ?? 60);
/** The full trial leaves its table for docs/formats.md. */
const FULL = 1000;
const table: Record<string, Omit<Trial, "others" | "failures"> & { checkSum: string }> = {};

describe(`of ${MUTANTS} damaged copies of a file`, () => {
  for (const [n, { format, ending, checkSum, options, mostOpen, write }] of CASES.entries()) {
    testBuilt(
      `${format}: every one ends in an error or in data${checkSum === "" ? "" : ", never in other data"}`,
      async () => {
        const own = join(folder, String(n));
        mkdirSync(own);
        const whole = join(own, `whole${ending}`);
        await write(whole);
        const { failures, others, ...counts } = await damageTrial(whole, join(own, `mutant${ending}`), MUTANTS, {
          options,
          mostOpen,
        });
        expect(failures).toEqual([]);
        expect(counts.refused).toBeGreaterThan(0);
        if (checkSum !== "") expect(others).toEqual([]);
        table[format] = { ...counts, checkSum };
      },
      20 * 60_000,
    );
  }

  afterAll(() => {
    if (MUTANTS < FULL) return;
    const path = resolve(__dirname, "damage/results.json");
    const all: typeof table = { ...(existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {}), ...table };
    const inOrder = CASES.flatMap(({ format }) => (all[format] === undefined ? [] : [[format, all[format]] as const]));
    writeFileSync(path, `${JSON.stringify(Object.fromEntries(inOrder), null, 2)}\n`);
  });
});
