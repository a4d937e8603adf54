/**
 * Soaks of the built kernel, apart from the tests because they take minutes:
 *
 *   npm run soak -- --interrupts 300 [--node PATH ...]   stops over all kinds of blocked code, then 50 stops of `fit`
 *   npm run soak -- --cells 5000 [--node PATH ...]       an afternoon's work: is any message lost, does memory grow?
 *
 * --node PATH runs the kernel on that Node (may be given several times), --trainings N changes the 50, --json prints one
 * JSON object instead of tables, --out FILE writes it. Progress goes to stderr.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type CellsResult, soakCells } from "./cells";
import { type InterruptResult, soakInterrupts } from "./interrupts";
import { soakTraining, type TrainingResult } from "./training";

interface Soak {
  readonly interrupts: InterruptResult[];
  readonly training: TrainingResult[];
  readonly cells: CellsResult[];
}

const { values } = parseArgs({
  options: {
    interrupts: { type: "string", default: "0" },
    trainings: { type: "string", default: "50" },
    cells: { type: "string", default: "0" },
    node: { type: "string", multiple: true, default: [process.execPath] },
    json: { type: "boolean", default: false },
    out: { type: "string" },
  },
});

async function main(): Promise<void> {
  const [interrupts, trainings, cells] = [values.interrupts, values.trainings, values.cells].map(Number);
  const soak: Soak = { interrupts: [], training: [], cells: [] };
  const onProgress = (line: string) => void process.stderr.write(`${line}\n`);
  for (const node of values.node) {
    if (interrupts > 0) {
      soak.interrupts.push(await soakInterrupts({ node, interrupts, onProgress }));
      if (trainings > 0) soak.training.push(await soakTraining({ node, interrupts: trainings }));
    }
    if (cells > 0) soak.cells.push(await soakCells({ node, cells, onProgress }));
  }
  const json = JSON.stringify(soak, null, 2);
  if (values.out !== undefined) writeFileSync(values.out, `${json}\n`);
  process.stdout.write(`${values.json ? json : report(soak)}\n`);
  process.exitCode = isSound(soak) ? 0 : 1;
}

function isSound({ interrupts, training, cells }: Soak): boolean {
  return (
    interrupts.every(({ interrupts: all, in_time, kept, quiet }) => in_time === all && kept === all && quiet === all) &&
    training.every(({ interrupts: all, kept, tensors }) => kept === all && tensors.after <= tensors.before) &&
    cells.every(({ wrong, channels, growth: { resident, heap } }) => {
      return wrong.length === 0 && channels <= 50 && resident <= 0.1 && heap <= 0.1;
    })
  );
}

type Cell = string | number;
const table = (head: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

function report({ interrupts, training, cells }: Soak): string {
  const parts: string[] = [];
  if (interrupts.length > 0) {
    parts.push(
      table(
        "Node|interrupts|stopped|within 1 s|alive|kept|quiet|median ms|longest ms|resident MB".split("|"),
        interrupts.map((r) => [
          ...[r.node, r.interrupts, r.stopped, r.in_time, r.alive, r.kept, r.quiet, r.median_ms, r.max_ms],
          `${r.resident_mb.before} -> ${r.resident_mb.after}`,
        ]),
      ),
    );
    for (const { node, kinds } of interrupts) {
      const bad = kinds.filter((kind) => kind.problems.length > 0 || kind.in_time < kind.interrupts);
      for (const { kind, in_time, interrupts: all, max_ms, problems } of bad)
        parts.push(`${node}, ${kind}: ${in_time} of ${all} within 1 s, longest ${max_ms} ms. ${problems.join("; ")}`);
    }
  }
  if (training.length > 0) {
    parts.push(
      table(
        "fit interrupted|stopped|kept|median ms|longest ms|engine|tensors|tensor MB|resident MB".split("|"),
        training.map((r) => [
          ...[r.interrupts, r.stopped, r.kept, r.median_ms, r.max_ms, r.engine],
          ...[r.tensors, r.tensor_mb, r.resident_mb].map(({ before, after }) => `${before} -> ${after}`),
        ]),
      ),
    );
  }
  for (const { node, cells: count, wrong, seconds, trivial_ms, channels, growth, memory } of cells) {
    parts.push(
      `${node}: ${count} cells in ${seconds} s, ${wrong.length} wrong, trivial cell ${trivial_ms.first} -> ${trivial_ms.last} ms, ` +
        `resident memory grew by ${(100 * growth.resident).toFixed(1)} %, heap by ${(100 * growth.heap).toFixed(1)} %, ${channels} channels left open`,
      table(
        ["cells", "resident MB", "heap MB", "outside MB"],
        memory.map((m) => [m.cells, m.resident_mb, m.heap_mb, m.external_mb]),
      ),
      ...wrong.slice(0, 10),
    );
  }
  return parts.join("\n\n");
}

void main();
