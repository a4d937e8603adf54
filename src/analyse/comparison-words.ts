import type { Comparison, ComparisonRow } from "./comparison";
import type { SplitRecord } from "./shared-pixels";

/** Errors closer than this share are called a tie: the seed of a training moves them as much. */
const TIE = 0.03;

/** Sorts the rows, judges each model against the best baseline and says what a reader has to know. */
export function verdicts(
  rows: readonly ComparisonRow[],
  split: SplitRecord,
  leftOut: readonly string[],
  noiseFloor: number | undefined,
): Pick<Comparison, "rows" | "noiseFloor" | "split" | "notices" | "summary"> {
  const sorted = [...rows].sort((a, b) => a.overall - b.overall);
  const best = sorted.find(({ type }) => type === "baseline");
  const judged = sorted.map((row) =>
    Object.freeze(row.type === "model" && best !== undefined ? { ...row, verdict: verdictOf(row, best) } : row),
  );
  const notices = [
    ...judged.flatMap(({ name, verdict }) => (verdict === undefined ? [] : [`${name} ${verdict}`])),
    ...leaks(sorted, split),
    ...leftOut,
  ];
  const floor = noiseFloor === undefined ? {} : { noiseFloor };
  return {
    rows: Object.freeze(judged),
    ...floor,
    split,
    notices: Object.freeze(notices),
    summary: [table(judged, noiseFloor), splitWords(split), ...notices].join("\n"),
  };
}

function verdictOf(model: ComparisonRow, best: ComparisonRow): string {
  const share = model.overall / best.overall;
  if (share > 1 + TIE) return `is beaten by a baseline: ${best.name} (${percent(best.overall)})`;
  if (share > 1 - TIE) return `about ties with a baseline: ${best.name} (${percent(best.overall)})`;
  return `beats every baseline; the best of them is ${best.name} (${percent(best.overall)})`;
}

/** "split by columns (100 training, 40 test samples), windows share pixels" */
export function splitWords({ text, trainSamples, testSamples, sharesPixels }: SplitRecord): string {
  const shared = sharesPixels ? "; windows of both sets share pixels" : "; no pixel in both sets";
  return `${text} (${trainSamples} training, ${testSamples} test samples)${shared}`;
}

function leaks(rows: readonly ComparisonRow[], { sharesPixels, text }: SplitRecord): string[] {
  if (!sharesPixels) return [];
  const positions = rows.find(({ name }) => name.includes("nearest positions"));
  const random = text.includes("by random");
  const found = positions === undefined ? "" : `; the position alone reaches ${percent(positions.overall)}`;
  const leak = random
    ? "this split leaks: training and test windows overlap"
    : "training and test windows share pixels";
  return [`${leak}${found}; to judge a model use split(pairs, { by: "columns", gap: "window" })`];
}

function table(rows: readonly ComparisonRow[], noiseFloor: number | undefined): string {
  const cells = rows.map(({ name, type, overall, mean, mse, parameters, seconds }) => [
    type === "model" ? `* ${name}` : `  ${name}`,
    percent(overall),
    percent(mean),
    mse.toExponential(2),
    parameters === undefined ? "" : String(parameters),
    seconds === undefined ? "" : seconds.toPrecision(3),
  ]);
  if (noiseFloor !== undefined) cells.push(["  noise alone", percent(noiseFloor), "", "", "", ""]);
  const lines = [["  predictor", "error", "mean of samples", "MSE", "parameters", "seconds"], ...cells];
  const widths = lines[0].map((_, c) => Math.max(...lines.map((line) => line[c].length)));
  return lines
    .map((line) =>
      line
        .map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c])))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function percent(share: number): string {
  return `${(100 * share).toPrecision(3)} %`;
}
