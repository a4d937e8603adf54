import { spawn } from "node:child_process";
import { SpecbookError } from "../../core";

/** Options of `run`. */
export interface CommandOptions {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** How a command ended. */
export interface CommandResult {
  /** Exit code; undefined if a signal ended it or it could not be started. */
  readonly code?: number;
  /** The signal that ended it, e.g. SIGILL. */
  readonly killedBy?: NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command to its end without a shell and keeps what it prints. A command that does not exist is a result without
 * a code, not an exception.
 *
 * @throws CancelledError if `signal` fires; the command and what it started are ended.
 */
export function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const { cwd, env = {}, signal } = options;
  if (signal?.aborted) return Promise.reject(cancelled(command));
  return new Promise((resolve, reject) => {
    // A group of its own, so that npm's and pip's children end with them; Windows has no groups.
    const detached = process.platform !== "win32";
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, detached, windowsHide: true });
    const text = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (piece: string) => {
      text.stdout += piece;
    });
    child.stderr.setEncoding("utf8").on("data", (piece: string) => {
      text.stderr += piece;
    });
    const stop = () => {
      if (child.pid === undefined) return;
      try {
        process.kill(detached ? -child.pid : child.pid, "SIGTERM");
      } catch {} // it has ended this very moment
    };
    signal?.addEventListener("abort", stop, { once: true });
    child.on("error", (error) => {
      signal?.removeEventListener("abort", stop);
      resolve({ stdout: text.stdout, stderr: error.message });
    });
    child.on("close", (code, killedBy) => {
      signal?.removeEventListener("abort", stop);
      if (signal?.aborted) reject(cancelled(command));
      else resolve({ ...text, code: code ?? undefined, killedBy: killedBy ?? undefined });
    });
  });
}

/** Runs a command that has to succeed. `what` names the work for the message. */
export async function runOrThrow(
  what: string,
  command: string,
  args: readonly string[],
  options: CommandOptions & { readonly remedy: string },
): Promise<CommandResult> {
  const result = await run(command, args, options);
  if (result.code === 0) return result;
  throw new SpecbookError("EngineError", `${what} failed.`, {
    got: `${howItEnded(result)} from \`${[command, ...args].join(" ").slice(0, 300)}\`${tail(result)}`,
    needed: "exit code 0",
    remedy: options.remedy,
  });
}

/** "exit code 2", "signal SIGILL", or why it could not be started. */
export function howItEnded({ code, killedBy, stderr }: CommandResult): string {
  if (killedBy !== undefined) return `signal ${killedBy}`;
  return code === undefined ? `no start (${stderr})` : `exit code ${code}`;
}

function tail({ stderr, stdout }: CommandResult): string {
  const lines = (stderr.trim() || stdout.trim()).split("\n").slice(-8);
  return lines.join("") === "" ? "" : `\n    ${lines.join("\n    ")}`;
}

function cancelled(command: string): SpecbookError {
  return new SpecbookError("CancelledError", "The setup was stopped.", {
    got: `a stop request during \`${command}\``,
    needed: "the setup to run to its end",
    remedy: "Run `npx specbook setup` again: finished steps are kept.",
  });
}
