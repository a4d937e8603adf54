import { writeFileSync } from "node:fs";
import { createRandom } from "../../src/core/random";
import { read } from "../../src/io/read";
import type { ReadOptions, Signal } from "../../src/io/signals";

/** How damaged copies of a file were taken: by the tag of the error, or "read". */
export type Outcomes = Readonly<Record<string, number>>;

/**
 * Reads `count` damaged copies of a file: one to three flipped bits or overwritten bytes, now and then cut off. Errors
 * that are not specbook's count under their own message, so that a test sees them; `check` looks at what was read.
 */
export async function readMutants(
  whole: Uint8Array,
  path: string,
  count: number,
  { options = {}, check }: { options?: ReadOptions; check?: (signals: Signal[], seed: number) => void } = {},
): Promise<Outcomes> {
  const outcomes: Record<string, number> = {};
  const note = (name: string) => {
    outcomes[name] = (outcomes[name] ?? 0) + 1;
  };
  for (let seed = 0; seed < count; seed++) {
    const random = createRandom(seed);
    const copy = Buffer.from(whole);
    // Half of the damage goes to the beginning, where most formats keep their sizes.
    const place = () => random.integer(random.uniform() < 0.5 ? Math.min(1024, copy.length) : copy.length);
    for (let flips = 1 + random.integer(3); flips > 0; flips--) {
      if (random.uniform() < 0.5) copy[place()] ^= 1 << random.integer(8);
      else copy[place()] = random.integer(256);
    }
    writeFileSync(path, random.uniform() < 0.05 ? copy.subarray(0, 1 + random.integer(copy.length - 1)) : copy);
    const signals = await read(path, options).catch((error: { tag?: string; stack?: string }) => {
      note(error.tag ?? `seed ${seed}: ${error.stack}`);
    });
    if (signals === undefined) continue;
    note("read");
    check?.(signals, seed);
  }
  return outcomes;
}
