import { asSpectra } from "./choose-signal";
import type { Draft } from "./drafts";
import { describeDraft, readDraft } from "./finish";
import { withDrafts } from "./formats";
import type { ReadOptions, Signal, SignalInfo } from "./signals";

/**
 * Reads everything in a file of any of the formats of docs/formats.md: its content tells which it is. Energies come in
 * eV, lengths in nm; the order of the axes is the file's, with the spectral axis last. NaN and infinite values are kept
 * and counted in `metadata.nonFinite` unless `nonFinite` says otherwise.
 *
 * @throws FileError, FormatError (damaged, or another format), AxisError (an energy axis without units: see `energy`),
 * MemoryError.
 * @example const [haadf, eels] = await read("test_stem.h5");
 */
export async function read(path: string, options: ReadOptions = {}): Promise<Signal[]> {
  const readAll = async (drafts: Draft[]) => {
    const signals: Signal[] = [];
    for (const draft of drafts) {
      const chosen = options.energy?.axis === undefined ? draft : asSpectra(draft, options.energy);
      signals.push(await readDraft(path, chosen, { nonFinite: "keep", ...options }));
    }
    return signals;
  };
  return withDrafts(path, readAll, options);
}

/**
 * Tells what a file holds without reading the numbers: name, kind, shape, calibrated axes, type and size of each signal.
 *
 * @example (await inspect("test_stem.h5")).map(({ name, shape }) => `${name}: ${shape.join(" x ")}`)
 */
export async function inspect(
  path: string,
  options: Pick<ReadOptions, "raw" | "scan" | "complex"> = {},
): Promise<SignalInfo[]> {
  return withDrafts(path, (drafts) => drafts.map(describeDraft), options);
}
