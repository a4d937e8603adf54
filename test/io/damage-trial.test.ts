import { mkdirSync, writeFileSync } from "node:fs";
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
  for (const [n, { format, ending, checkSum, options = {}, write }] of CASES.entries()) {
    testBuilt(
      `${format}: every one ends in an error or in data${checkSum === "" ? "" : ", never in other data"}`,
      async () => {
        const own = join(folder, String(n));
        mkdirSync(own);
        const whole = join(own, `whole${ending}`);
        await write(whole);
        const { failures, others, ...counts } = await damageTrial(
          whole,
          join(own, `mutant${ending}`),
          MUTANTS,
          options,
        );
        expect(failures).toEqual([]);
        expect(counts.refused).toBeGreaterThan(0);
        if (checkSum !== "") expect(others).toEqual([]);
        table[format] = { ...counts, checkSum };
      },
      20 * 60_000,
    );
  }

  afterAll(() => {
    if (MUTANTS < FULL || Object.keys(table).length < CASES.length) return;
    writeFileSync(resolve(__dirname, "damage/results.json"), `${JSON.stringify(table, null, 2)}\n`);
  });
});
