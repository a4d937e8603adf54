/** Takes the oldest entries out of a map or set until `most` are left: a kernel runs for days. */
export function keepLatest(all: Map<unknown, unknown> | Set<unknown>, most: number): void {
  for (const key of all.keys()) {
    if (all.size <= most) return;
    all.delete(key);
  }
}
