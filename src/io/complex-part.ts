import { wordOption } from "../core/check-option";
import type { Draft, ReadRequest } from "./drafts";
import type { ReadOptions } from "./signals";

const PARTS: Readonly<Record<NonNullable<ReadOptions["complex"]>, (real: number, imaginary: number) => number>> = {
  modulus: Math.hypot,
  phase: (real, imaginary) => Math.atan2(imaginary, real),
  real: (real) => real,
  imaginary: (_, imaginary) => imaginary,
};

/**
 * The draft with one real number for each complex one, as the option `complex` says, and without the axis of real and
 * imaginary part; a draft of real numbers, or without the option, as it is.
 *
 * @throws OptionError for another word.
 */
export function withComplexPart(draft: Draft, part: ReadOptions["complex"]): Draft {
  if (part === undefined) return draft;
  wordOption("read", "complex", part, Object.keys(PARTS));
  const last = draft.axes[draft.axes.length - 1];
  if (!draft.dtype.startsWith("complex") || last?.name !== "complex" || last.size !== 2) return draft;
  const partOf = PARTS[part];
  return {
    ...draft,
    axes: draft.axes.slice(0, -1),
    metadata: { ...draft.metadata, complex: part === "phase" ? "phase in radians" : part },
    steps: [...(draft.steps ?? []), { operation: "complex", options: { part } }],
    ...(draft.chunks === undefined ? {} : { chunks: draft.chunks.slice(0, -1) }),
    read: async ({ block, signal }: ReadRequest = {}) => {
      const both = block && { offset: [...block.offset, 0], count: [...block.count, 2] };
      const pairs = await draft.read({ block: both, signal });
      const result = new Float32Array(pairs.length / 2);
      for (let i = 0; i < result.length; i++) result[i] = partOf(pairs[2 * i], pairs[2 * i + 1]);
      return result;
    },
  };
}
