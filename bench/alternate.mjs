/**
 * Times two workers in turn, so that both meet the same machine, and returns their medians in milliseconds. Each has
 * `warmUp` untimed turns first. A turn is `steps` calls one after the other, as a training makes them; its time is their
 * mean.
 */
export async function alternate(peer, ours, { rounds = 12, warmUp = 3, steps = 1 } = {}) {
  const times = { peer: [], ours: [] };
  for (let round = -warmUp; round < rounds; round++) {
    const turns = { peer: await rested(peer, steps), ours: await rested(ours, steps) };
    if (round < 0) continue;
    times.peer.push(turns.peer);
    times.ours.push(turns.ours);
  }
  return { peer: median(times.peer), ours: median(times.ours) };
}

// Threads of the other side spin for some 200 ms after their last work: they must be asleep before a turn.
async function rested(work, steps) {
  await new Promise((resolve) => setTimeout(resolve, 300));
  let sum = 0;
  for (let step = 0; step < steps; step++) sum += await work();
  return sum / steps;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return Number.isInteger(middle) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[Math.floor(middle)];
}

/** One row of a benchmark's result. */
export function row(work, peer, medians, target) {
  const round = (value, digits) => Number(value.toFixed(digits));
  const ratio = round(medians.ours / medians.peer, 3);
  return {
    work,
    peer,
    peer_ms: round(medians.peer, 1),
    ours_ms: round(medians.ours, 1),
    ratio,
    target,
    met: ratio <= target,
  };
}
