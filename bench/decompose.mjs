import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { nmf, pca } from "../dist/decompose/index.js";
import { loadEngine } from "../dist/engine/load.js";
import { alternate, row } from "./alternate.mjs";
import { writeSpectra } from "./decompose-data.mjs";
import { peerPython, startPeer } from "./peers.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const SQUARE = { rows: 10_000, columns: 1000 };
const SCAN = { rows: 4650, columns: 1496 };
const CASES = [
  { work: "nmf", data: SQUARE, components: 10, target: 1 },
  { work: "nmf", data: SQUARE, components: 30, target: 1 },
  { work: "nmf", data: SCAN, components: 4, target: 1 },
  { work: "pca", data: SQUARE, components: 30, target: 1.5 },
];
/** 1,500,000 spectra of 1,000 channels: 6.0 GB. */
const LARGE = { scan: [1500, 1000], rows: 1_500_000, columns: 1000, endmembers: 8 };
const STREAMED = ["pca", "nmf"];
const MOST_MEGABYTES = 2000;

/** Errors that agree to this are taken for equal. */
const EQUAL = 1e-4;

/**
 * NMF and PCA beside scikit-learn, in turns, on mixtures of as many endmembers as components are asked for. NMF goes to equal error: the peer runs with its defaults (coordinate
 * descent, NNDSVDa, tolerance 1e-4, at most 200 iterations); ours takes the fewest of a list of iterations that, in an
 * untimed run, bring its error to at most the peer's times 1.0001. Both errors and iterations stand in the row. Then a
 * file of 6 GB, streamed in a process of its own, whose largest resident set must stay under 2 GB (`--only streamed`).
 */
export async function bench(log, { only = "", rounds = "5" } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "specbook-bench-"));
  try {
    const rows = [];
    for (const entry of CASES.filter((each) => nameOf(each).includes(only))) {
      rows.push(await compare(folder, entry, Number(rounds), log));
      log(JSON.stringify(rows.at(-1)));
    }
    const streamed = STREAMED.filter((work) => streamedName(work).includes(only));
    if (streamed.length > 0) {
      const path = writeLarge(folder);
      log(`${path}: ${(statSync(path).size / 1e9).toFixed(1)} GB`);
      for (const work of streamed) {
        rows.push(stream(path, work));
        log(JSON.stringify(rows.at(-1)));
      }
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const nameOf = ({ work, data, components }) => `${work} ${data.rows} x ${data.columns}, k = ${components}`;
const streamedName = (work) => `${work} streamed, ${LARGE.rows} x ${LARGE.columns} (6 GB), k = 8`;

async function compare(folder, entry, rounds, log) {
  const { work, data, components, target } = entry;
  const path = join(folder, `${data.rows}x${data.columns}.f32`);
  writeSpectra(path, { ...data, endmembers: components });
  const bytes = readFileSync(path);
  const spectra = {
    data: new Float32Array(bytes.buffer, bytes.byteOffset, data.rows * data.columns),
    shape: [data.rows, data.columns],
  };
  const engine = await loadEngine();
  log(`${nameOf(entry)}: ours on ${engine.name}`);
  const peerCase = { file: path, rows: data.rows, columns: data.columns, work, components };
  const equal = work === "nmf" ? await equalError(spectra, components, await peerOnce(peerCase)) : {};
  const { iterations, ...errors } = equal;
  const run =
    work === "nmf" ? () => nmf(spectra, { components, iterations, tolerance: 0 }) : () => pca(spectra, { components });
  const peer = await startPeer(join(HERE, "decompose_peer.py"), [JSON.stringify(peerCase)]);
  try {
    const ours = async () => {
      const start = performance.now();
      await run();
      return performance.now() - start;
    };
    const solver = work === "nmf" ? "scikit-learn NMF (cd)" : "scikit-learn PCA (covariance_eigh)";
    const medians = await alternate(peer.run, ours, { rounds, warmUp: 1 });
    const result = row(nameOf(entry), solver, medians, target);
    return { ...result, ...errors, met: result.met && errors.equal !== false };
  } finally {
    peer.stop();
  }
}

async function peerOnce(peerCase) {
  const { status, stdout, error } = spawnSync(
    await peerPython(),
    [join(HERE, "decompose_peer.py"), JSON.stringify({ ...peerCase, once: true })],
    { stdio: ["ignore", "pipe", 2], encoding: "utf8" },
  );
  if (status !== 0) throw error ?? new Error(`the peer ended with ${status}`);
  return JSON.parse(stdout);
}

/** Our fewest iterations for the peer's error, and both errors. */
async function equalError(spectra, components, peer) {
  let ours;
  for (const iterations of [20, 30, 40, 50, 60, 80, 100, 120, 140, 160, 180, 200, 250, 300, 400, 500]) {
    const { error } = await nmf(spectra, { components, iterations, tolerance: 0 });
    ours = { iterations, error };
    if (error <= peer.error * (1 + EQUAL)) break;
  }
  return {
    iterations: ours.iterations,
    peer_error: peer.error,
    ours_error: ours.error,
    peer_iterations: peer.iterations,
    ours_iterations: ours.iterations,
    equal: ours.error <= peer.error * (1 + EQUAL),
  };
}

/** An .npy file of the large scan. */
function writeLarge(folder) {
  const path = join(folder, "large.npy");
  const words = `{'descr': '<f4', 'fortran_order': False, 'shape': (${LARGE.scan.join(", ")}, ${LARGE.columns}), }`;
  const header = Buffer.alloc(128, " ");
  header.write("\x93NUMPY\x01\x00", "latin1");
  header.writeUInt16LE(118, 8);
  header.write(words, 10, "latin1");
  header.write("\n", 127);
  writeSpectra(path, { ...LARGE, header });
  return path;
}

function stream(path, work) {
  const { status, stdout, error } = spawnSync(
    process.execPath,
    [join(HERE, "decompose-streamed.mjs"), path, work, "8"],
    {
      stdio: ["ignore", "pipe", 2],
      encoding: "utf8",
    },
  );
  if (status !== 0) throw error ?? new Error(`${work} ended with ${status}`);
  const { ms, megabytes, reads, error: last } = JSON.parse(stdout.trim().split("\n").at(-1));
  return {
    work: streamedName(work),
    ours_ms: ms,
    passes: reads,
    ...(last === undefined ? {} : { ours_error: last }),
    megabytes,
    target: MOST_MEGABYTES,
    met: megabytes <= MOST_MEGABYTES,
  };
}
