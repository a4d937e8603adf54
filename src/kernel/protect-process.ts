const { exit, reallyExit, kill, abort } = process as NodeJS.Process & { reallyExit: (code?: number) => never };
const HARMLESS = new Set<unknown>([0, "SIGCHLD", "SIGCONT", "SIGWINCH"]);

function refuse(call: string): never {
  throw new Error(`${call} in a cell does not end the kernel: use Kernel > Shut Down or Restart`);
}

/** Keeps cells, and the packages they import, from ending the kernel by a call: such a call throws and says so. */
export function protectProcess(): void {
  const refusing = (name: string) => (code?: unknown) => refuse(`process.${name}(${code ?? ""})`);
  Object.assign(process, {
    exit: refusing("exit"),
    reallyExit: refusing("reallyExit"),
    abort: refusing("abort"),
    kill(id: number, signal?: string | number) {
      const isOwn = id === 0 || Math.abs(id) === process.pid; // 0 and negative numbers: the group of processes
      if (isOwn && !HARMLESS.has(signal)) refuse(`process.kill of the kernel's own process`);
      return kill.call(process, id, signal);
    },
  });
}

/** Listens to an event of the process for good: code that removes all listeners does not remove this one. */
export function alwaysOn(event: "uncaughtException" | "unhandledRejection", listener: (error: unknown) => void): void {
  process.on(event, listener);
  process.on("removeListener", (removed, which) => {
    if (removed === event && which === listener) process.on(event, listener);
  });
}

/** Ends the process, whatever cells may not do. */
export function exitProcess(code: number): never {
  Object.assign(process, { exit, reallyExit, abort, kill });
  return process.exit(code);
}

/** Ends the process at once. */
export function killProcess(): void {
  kill.call(process, process.pid, "SIGKILL");
}
