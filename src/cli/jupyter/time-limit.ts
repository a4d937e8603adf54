/** The result of `work`, or the error of `late` when it takes longer. The work itself goes on. */
export function within<T>(seconds: number, work: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), seconds * 1000);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
