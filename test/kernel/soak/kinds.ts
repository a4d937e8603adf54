/** Run once before the kinds: the names their codes use. */
export const SETUP = `
  const sleep = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));
  const kept = { answer: 42, list: [1, 2, 3] }; const ticks = { count: 0 }; let cleaned = 0;
  function spin() { let i = 0; while (true) { i++; if (i % 1e6 === 0) ticks.count++ } }
  const fib = (n: number): number => (n < 2 ? n : fib(n - 1) + fib(n - 2));
  function* naturals() { let i = 0; while (true) yield i++ }
  async function* slowNaturals() { for (let i = 0; ; i++) { await sleep(3); ticks.count++; yield i } }
  /* code without guards, as that of a package: made by new Function, which the kernel does not rewrite */
  const busy = new Function("ms", "const t = Date.now(); while (Date.now() - t < ms); return ms");
  const background = new Function("sleep", "seen", "return (async () => { for (;;) { await sleep(5); seen.count++ } })()");
  /* as fit does: looks at the signal between steps, puts the best weights back, returns its record */
  const training = async (steps: number) => {
    const signal = stopSignal();
    let best = 0;
    for (let i = 0; i < steps && !signal.aborted; i++) { busy(20); best = i; await sleep(1) }
    await sleep(50);
    return { kind: "training", state: signal.aborted ? "stopped" : "finished", keptEpoch: best };
  };`;

/** What a cell is doing when the stop button is pressed. None of these ends by itself within a minute. */
export const KINDS: Readonly<Record<string, string>> = {
  "a synchronous loop": "let i = 0; while (true) i++",
  "an empty loop": "for (;;);",
  "nested loops":
    "for (let a = 0; ; a++) for (let b = 0; b < 1e3; b++) { for (const c of [1, 2, 3]) ticks.count += 0 * c }",
  "a do loop with arithmetic": "let x = 0.5; do { x = 3.9 * x * (1 - x) } while (x >= 0)",
  "a function of an earlier cell": "spin()",
  "a loop after an await": "await sleep(5); while (true) {}",
  "a microtask loop": "for (;;) await Promise.resolve(1)",
  "a loop of awaited values": "let n = 0; for (;;) n += await n",
  "an async loop": "for (;;) { await sleep(7); ticks.count++ }",
  "an async loop of busy stretches":
    "for (;;) { await sleep(3); const t = Date.now(); while (Date.now() - t < 30); ticks.count++ }",
  "a promise that never settles": "await new Promise(() => {})",
  "a race that nobody wins": "await Promise.race([new Promise(() => {}), sleep(1e8)])",
  "a loop that catches everything": "for (;;) { try { for (;;) ticks.count++ } catch {} }",
  "a finally block that continues": "for (;;) { try { while (true) {} } finally { continue } }",
  "an async loop that catches everything": "for (;;) { try { await sleep(3); ticks.count++ } catch {} }",
  "a microtask loop that catches everything": "for (;;) { try { await null; ticks.count++ } catch {} }",
  "work with a finally block that awaits":
    "cleaned = 0; try { for (;;) await sleep(2) } finally { for (let i = 0; i < 1e5; i++) cleaned = i; await sleep(20); cleaned = -1 }",
  "a loop with a finally block that computes":
    "cleaned = 0; try { for (;;); } finally { for (let i = 0; i < 1e5; i++) cleaned = i; cleaned = -1 }",
  "a generator": "let sum = 0; for (const x of naturals()) sum += x",
  "a spread generator": "[...(function* () { while (true) { if (ticks.count < 0) yield 1 } })()]",
  "a timer callback": "await new Promise(() => setTimeout(() => { for (;;) ticks.count++ }, 10))",
  "an interval that blocks":
    "await new Promise(() => { const id = setInterval(() => { clearInterval(id); spin() }, 5) })",
  "callbacks of a native function": "new Uint8Array(1.5e9).forEach((x) => { ticks.count += 0 * x })",
  "sorting in a loop": "while (true) Array.from({ length: 1e5 }, (_, i) => (i * 7919) % 10007).sort((a, b) => a - b)",
  recursion: "fib(70)",
  "promises that chain themselves": "const chain = (): Promise<void> => Promise.resolve().then(chain); await chain()",
  "microtasks that queue themselves": "const queue = () => queueMicrotask(queue); queue(); await new Promise(() => {})",
  "for await": "for await (const x of slowNaturals()) if (x < 0) break",
  "for await over a silent source":
    "for await (const x of (async function* () { await new Promise(() => {}); yield 1 })());",
  "several loops at once":
    "await Promise.all([1, 2, 3].map(async (k) => { for (;;) { await sleep(4 * k); ticks.count++ } }))",
  "work that was not awaited":
    "const work = async () => { for (;;) { try { await sleep(4); ticks.count++ } catch {} } }; work(); work(); await sleep(1e7)",
  "async recursion":
    "const down = async (n: number): Promise<number> => { await null; return down(n + 1) }; await down(0)",
  "a method of a class": "class Worker { n = 0; run() { for (;;) this.n++ } } new Worker().run()",
  "a getter": "const slow = { get value() { for (;;) ticks.count++ } }; slow.value",
  "a native regular expression": '/^(a+)+$/.test("a".repeat(60) + "b")',
  "library code without guards": "busy(60000)",
  "a library's own async loop": "await background(sleep, { count: 0 })",
  "training that listens": "const record = await training(1e6); ticks.count++",
  "a request that hangs":
    'await fetch("http://127.0.0.1:9", { signal: stopSignal() }).catch(() => {}); await new Promise(() => {})',
  "a flood of output": 'for (let i = 0; ; i++) console.log("line", i)',
  "a flood of displays":
    'for (let i = 0; ; i++) { displayBundle({ "text/plain": String(i) }); if (i % 50 === 0) await sleep(5) }',
};

/** Kinds whose finally block must have run to its end (`cleaned` is -1). */
export const TIDY: readonly string[] = [
  "work with a finally block that awaits",
  "a loop with a finally block that computes",
];

/** What must hold after every stop: `[answer, list, ticks within 20 ms, cleaned]`. */
export const AFTER =
  "const before = ticks.count; await sleep(20); JSON.stringify([kept, ticks.count - before, cleaned])";
