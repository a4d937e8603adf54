/**
 * Runs `work` for the newest value only: while it runs, later values replace each other, and the last one is worked on
 * after it. A mouse that moves faster than the kernel answers asks no more than the kernel can answer. Work that takes
 * longer than `patience` (in ms; default for ever) no longer holds a newer value up; its own result comes too late then,
 * and `isNewest` says so. Work handles its own errors.
 */
export function newestOnly<T>(
  work: (value: T, isNewest: () => boolean) => Promise<void>,
  patience = Number.POSITIVE_INFINITY,
): (value: T) => void {
  let next: { value: T } | undefined;
  let turn = 0;
  let isBusy = false;
  const run = async () => {
    const own = ++turn;
    const isNewest = () => own === turn;
    while (next !== undefined && isNewest()) {
      const { value } = next;
      next = undefined;
      isBusy = true;
      const release = () => {
        if (!isNewest()) return;
        isBusy = false;
        if (next !== undefined) void run();
      };
      const timer = patience < Number.POSITIVE_INFINITY ? setTimeout(release, patience) : undefined;
      try {
        await work(value, isNewest);
      } finally {
        clearTimeout(timer);
        if (isNewest()) isBusy = false;
      }
    }
  };
  return (value) => {
    next = { value };
    if (!isBusy) void run();
  };
}
