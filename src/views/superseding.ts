/** Runs work of which only the newest of each kind counts: what is under way is told to stop when the next begins. */
export class Superseding {
  readonly #running = new Map<string, AbortController>();

  async run<T>(kind: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#running.get(kind)?.abort(new Error("a newer question took its place"));
    const controller = new AbortController();
    this.#running.set(kind, controller);
    try {
      return await work(controller.signal);
    } finally {
      if (this.#running.get(kind) === controller) this.#running.delete(kind);
    }
  }
}
