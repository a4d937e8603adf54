import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { row } from "./alternate.mjs";
import { SHARED } from "./fto-pairs.mjs";
import { peerPython } from "./peers.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const LATENT = 10;

/**
 * From the data file to a trained im2spec and its error map, as one new process each: engine or libraries loaded, pairs
 * read, trained with the test loss after every epoch, all pairs predicted. `--epochs` shortens both sides alike; what
 * was run stands in the row, nothing is extrapolated. With 120 epochs it takes the peer half an hour on two cores.
 */
export async function bench(log, { epochs = "120", rounds = "1" } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "specbook-bench-"));
  const turns = { ours: [], peer: [] };
  try {
    const given = [SHARED, epochs, LATENT].map(String);
    for (let round = 0; round < Number(rounds); round++) {
      turns.ours.push(await timed(process.execPath, [join(HERE, "end-to-end-ours.mjs"), ...given], folder));
      log(`ours: ${JSON.stringify(turns.ours.at(-1))}`);
      turns.peer.push(await timed(await peerPython(), [join(HERE, "end_to_end_peer.py"), ...given], folder));
      log(`peer: ${JSON.stringify(turns.peer.at(-1))}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const middle = (side, key) => turns[side].map((turn) => turn[key]).sort((a, b) => a - b)[Math.floor(rounds / 2)];
  const medians = { peer: middle("peer", "ms"), ours: middle("ours", "ms") };
  const { target, met, ...times } = row(
    `im2spec 16x16 -> 187, L=${LATENT}, 2306 pairs, ${epochs} epochs, file to error map`,
    "AtomAI on PyTorch CPU",
    medians,
  );
  const others = ["error", "megabytes"].flatMap((key) =>
    ["peer", "ours"].map((side) => [`${side}_${key === "error" ? "test_error" : key}`, middle(side, key)]),
  );
  return [{ ...times, ...Object.fromEntries(others) }];
}

/** Wall time of a process in `folder`, from its start to its end, and what it prints last: { error, megabytes }. */
async function timed(command, args, folder) {
  const start = performance.now();
  const child = spawn(command, args, { cwd: folder, stdio: ["ignore", "pipe", 2] });
  let output = "";
  child.stdout.on("data", (text) => {
    output += text;
  });
  const status = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (status !== 0) throw new Error(`${args[0]} ended with ${status}`);
  return { ms: performance.now() - start, ...JSON.parse(output.trim().split("\n").at(-1)) };
}
