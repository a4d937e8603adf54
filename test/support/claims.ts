/** What a notebook prints about a claim of its paper with `check(claim, ours, paper, holds)`. */
export interface Claim {
  readonly holds: boolean;
  readonly ours: number;
  /** Where the data come from: "simulated nanowires", "measured". */
  readonly origin: string;
}

/** The claims in the printed text of a notebook, by their sentence. */
export function claimsOf(text: string): Map<string, Claim> {
  const found = text.matchAll(/^(holds|DOES NOT HOLD): (.+)\n {4}ours (\S+) \| paper: .+ \| (.+)$/gm);
  return new Map(
    [...found].map(([, word, claim, ours, origin]) => [claim, { holds: word === "holds", ours: Number(ours), origin }]),
  );
}
