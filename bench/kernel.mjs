/**
 * The kernel beside stock tslab, Deno's kernel and ipykernel, each started in the same empty folder and asked by the same
 * client:
 *
 *   npm run --silent bench -- kernel [--json] [--rounds N] [--only TEXT]
 *
 * A row is one work and one other kernel; `target` is the limit in ms that ours is held to (null: none), `met` whether it
 * keeps it. Rows of memory count megabytes instead of milliseconds, of the process and its children. null: the kernel
 * has no answer, dies, or goes on as if nobody had pressed stop. A Markdown table of all kernels goes to stderr. The
 * others are installed into the cache folder at the first run.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernels, start } from "./kernel-peers.mjs";

const CODES = {
  typescript: {
    trivial: (i) => `${i} + 1`,
    declare: (i) => `const value${i} = { name: "a", size: ${i} }; value${i}.size`,
    // stock tslab has no types of node in an empty folder: it would refuse the names
    setup: "const { console: out, setTimeout: later, setImmediate: soon } = globalThis as any; const ticks = { n: 0 };",
    complete: "Math.sq",
    inspect: "Math.sqrt",
    awaits: "for (let i = 0; i < 1e5; i++) await Promise.resolve(i);",
    macrotasks: "for (let i = 0; i < 1e4; i++) await new Promise<void>((done) => soon(done));",
    loop: "let sum = 0; for (let i = 0; i < 1e7; i++) sum += i;",
    output: "for (let i = 0; i < 10000; i++) out.log('line', i);",
    spin: "while (true) {}",
    asyncSpin: "while (true) { ticks.n++; await new Promise<void>((done) => later(done, 5)); }",
    ticks: "ticks.n",
    lateSpin: "await new Promise<void>((done) => later(done, 5)); while (true) {}",
  },
  python: {
    trivial: (i) => `${i} + 1`,
    declare: (i) => `value${i} = {"name": "a", "size": ${i}}; value${i}["size"]`,
    setup: "import math, asyncio\nasync def one(i): return i\nticks = [0]",
    complete: "math.sq",
    inspect: "math.sqrt",
    awaits: "for i in range(100000): await one(i)",
    macrotasks: "for i in range(10000): await asyncio.sleep(0)",
    loop: "acc = 0\nfor i in range(10**7): acc += i",
    output: "for i in range(10000): print('line', i)",
    spin: "while True: pass",
    asyncSpin: "while True:\n  ticks[0] += 1\n  await asyncio.sleep(0.005)",
    ticks: "ticks[0]",
    lateSpin: "await asyncio.sleep(0.005)\nwhile True: pass",
  },
};

const TARGETS = {
  "ready: start to first answer": 3000,
  "trivial cell": 50,
  completion: 150,
  "stop a loop": 1000,
  "stop an async loop": 1000,
  "stop a loop after an await": 1000,
  "import the library in a cell": 1500,
};

export async function bench(log, { rounds = "3", only = "" }) {
  const folder = mkdtempSync(join(tmpdir(), "specbook-bench-kernel-"));
  const results = new Map();
  try {
    for (const kernel of await kernels(log)) {
      log(`${kernel.name} ...`);
      results.set(kernel.name, await measure(kernel, folder, Number(rounds)));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const works = Object.keys(results.get("specbook")).filter((work) => work.includes(only));
  log(markdown(works, results));
  const peers = [...results.keys()].filter((name) => name !== "specbook");
  return works.flatMap((work) => {
    const has = peers.filter((peer) => work in results.get(peer));
    return (has.length > 0 ? has : [null]).map((peer) => row(work, peer, results));
  });
}

function row(work, peer, results) {
  const ours = results.get("specbook")[work];
  const theirs = peer === null ? null : results.get(peer)[work];
  const target = TARGETS[work] ?? null;
  return {
    work,
    peer,
    peer_ms: theirs,
    ours_ms: ours,
    ratio: ours === null || theirs === null ? null : Number((ours / theirs).toFixed(3)),
    target,
    met: target === null ? null : ours !== null && ours <= target,
  };
}

async function measure(kernel, folder, rounds) {
  const codes = CODES[kernel.language];
  const ready = [];
  const first = [];
  for (let i = 0; i < rounds; i++) {
    const begin = performance.now();
    const session = await start(kernel, folder);
    ready.push(performance.now() - begin);
    first.push((await session.run(codes.trivial(0))).ms);
    await session.close();
  }
  const session = await start(kernel, folder);
  await session.run(codes.setup);
  for (let i = 0; i < 5; i++) await session.run(codes.trivial(i));
  await new Promise((wait) => setTimeout(wait, 1500)); // what it loads in the background is loaded
  const memory = session.megabytes();
  const at = (code) => ({ code, cursor_pos: code.length, detail_level: 0 });
  const times = async (count, work) => median(await repeated(count, async (i) => passed(await work(i))));
  const result = {
    "ready: start to first answer": median(ready),
    "first cell after that": median(first),
    "trivial cell": await times(20, (i) => session.run(codes.trivial(i))),
    "cell with a declaration": await times(20, (i) => session.run(codes.declare(i))),
    completion: await answered(await session.ask("complete_request", at(codes.complete)), "matches", () =>
      times(10, () => session.ask("complete_request", at(codes.complete))),
    ),
    inspection: await answered(await session.ask("inspect_request", at(codes.inspect)), "found", () =>
      times(10, () => session.ask("inspect_request", at(codes.inspect))),
    ),
    "100,000 awaits": await times(rounds, () => session.run(codes.awaits)),
    "10,000 awaits of the event loop": await times(rounds, () => session.run(codes.macrotasks)),
    "10 million turns of a top-level loop": await times(1, () => session.run(codes.loop)),
    "memory after the start, MB": memory,
    "memory after 100 cells more, MB": await after(session, codes),
    "10,000 lines of output": await complete(session, codes.output),
  };
  await session.close();
  for (const [work, code] of [
    ["stop a loop", codes.spin],
    ["stop an async loop", codes.asyncSpin],
    ["stop a loop after an await", codes.lateSpin],
  ])
    result[work] = median(await repeated(rounds, () => stopped(kernel, folder, code)));
  if (kernel.name === "specbook") result["import the library in a cell"] = await importing(kernel, folder, rounds);
  return Object.fromEntries(
    Object.entries(result).map(([work, value]) => [work, value === null ? null : Number(value.toFixed(1))]),
  );
}

// a cell that failed took no time worth telling
const passed = ({ ms, status = "ok" }) => (status === "ok" ? ms : null);

async function repeated(count, work) {
  const values = [];
  for (let i = 0; i < count; i++) values.push(await work(i));
  return values;
}

/** The middle one; null if any is null. */
function median(values) {
  if (values.includes(null)) return null;
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

async function answered({ reply }, key, work) {
  const value = reply?.[key];
  return value === undefined || value === false || value.length === 0 ? null : work();
}

/** Time of a flood of lines; null if a line or the idle status is lost. */
async function complete(session, code) {
  const { ms, status, text } = await session.run(code, 20);
  return status === "ok" && text.includes("line 9999") && text.split("\n").length > 10_000 ? ms : null;
}

async function after(session, codes) {
  for (let i = 0; i < 100; i++) await session.run(codes.declare(i % 10));
  return session.megabytes();
}

/** From the stop to the end of the cell; null if it dies, goes on, or has lost its variables. */
async function stopped(kernel, folder, code) {
  const session = await start(kernel, folder);
  try {
    const codes = CODES[kernel.language];
    for (const before of [codes.declare(7), codes.setup]) await session.run(before);
    let at = 0;
    const timer = setTimeout(() => {
      at = performance.now();
      session.stop();
    }, 1000);
    const { status } = await session.run(code, 8);
    const ms = performance.now() - at;
    clearTimeout(timer);
    if (status !== "error") return null;
    const idle = await session.run("1 + 1", 8);
    return idle.status === "ok" && (await isQuiet(session, codes.ticks)) ? ms : null;
  } finally {
    await session.close();
  }
}

// The variables are there, and a loop that was told to stop does not tick on.
async function isQuiet(session, ticks) {
  const kept = await session.run("value7", 8);
  const before = await session.run(ticks, 8);
  await new Promise((wait) => setTimeout(wait, 200));
  const now = await session.run(ticks, 8);
  return kept.text.includes("7") && now.status === "ok" && now.text === before.text;
}

async function importing(kernel, folder, rounds) {
  return median(
    await repeated(rounds, async () => {
      const session = await start(kernel, folder);
      await session.run("1"); // TypeScript is loaded
      const imported = await session.run('import * as library from "specbook"; typeof library.nmf');
      await session.close();
      return passed(imported);
    }),
  );
}

function markdown(works, results) {
  const names = [...results.keys()];
  const cell = (value) => (value === undefined ? "" : value === null ? "no" : String(value));
  const rows = works.map((work) => [work, ...names.map((name) => cell(results.get(name)[work])), TARGETS[work] ?? ""]);
  const head = ["ms (medians)", ...names, "limit"];
  return [head, head.map(() => "---"), ...rows].map((line) => `| ${line.join(" | ")} |`).join("\n");
}
