import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { withDrafts } from "../../src/io/formats";
import type { Signal } from "../../src/io/signals";
import fixtures from "../io/fixtures/layout-files.json";

/** Names of the files of layout-files.json. */
export type LayoutFile = keyof typeof fixtures.files;

/** Writes a file into a folder and returns its path. */
export function putLayout(folder: string, name: LayoutFile): string {
  const path = join(folder, name);
  writeFileSync(path, inflateSync(Buffer.from(fixtures.files[name], "base64")));
  return path;
}

/** Name, kind, shape and calibrated axes of signals, as one line each. */
export function summaries(signals: readonly Signal[]): string[] {
  return signals.map(({ kind, shape, axes, metadata }) => {
    const round = (value: number) => Number(value.toPrecision(7));
    const lines = Object.values(axes).map(
      ({ name, units, offset, scale }) => `${name} ${round(offset)} + ${round(scale)} ${units}`,
    );
    return `${metadata.name}: ${kind} ${shape.join(" x ")}; ${lines.join(", ")}`;
  });
}

/**
 * Whether every draft of a file reads a block in its middle as what the whole array holds there; what differs, by the
 * path of the draft.
 */
export function blockDifferences(path: string): Promise<string[]> {
  return withDrafts(path, async (drafts) => {
    const different: string[] = [];
    for (const draft of drafts) {
      const sizes = draft.axes.map(({ size }) => size);
      const whole = await draft.read();
      const offset = sizes.map((size) => Math.floor(size / 3));
      const count = sizes.map((size, i) => Math.max(1, Math.ceil((size - offset[i]) / 2)));
      const block = await draft.read({ block: { offset, count } });
      const expected: number[] = [];
      const visit = (axis: number, at: number): void => {
        if (axis === sizes.length) expected.push(whole[at]);
        else for (let i = 0; i < count[axis]; i++) visit(axis + 1, at * sizes[axis] + offset[axis] + i);
      };
      visit(0, 0);
      if (expected.length !== block.length || expected.some((value, i) => !Object.is(value, block[i]))) {
        different.push(draft.path);
      }
    }
    return different;
  });
}
