import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The parts of the process that decide where the cache lies; a test passes its own. */
export interface CacheEnvironment {
  /** Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default `process.platform`. */
  readonly platform?: NodeJS.Platform;
  /** The home directory; default `os.homedir()`. */
  readonly home?: string;
}

/**
 * The folder that keeps what specbook downloads (the native engine, data sets): `SPECBOOK_CACHE` if set, else the
 * platform's own place: `%LOCALAPPDATA%\specbook` on Windows, `~/Library/Caches/specbook` on macOS,
 * `$XDG_CACHE_HOME/specbook` or `~/.cache/specbook` elsewhere. It may not exist yet.
 */
export function cacheDirectory(environment: CacheEnvironment = {}): string {
  const { env = process.env, platform = process.platform, home = homedir() } = environment;
  if (env.SPECBOOK_CACHE) return resolve(env.SPECBOOK_CACHE);
  if (platform === "win32") return join(env.LOCALAPPDATA || join(home, "AppData", "Local"), "specbook");
  if (platform === "darwin") return join(home, "Library", "Caches", "specbook");
  // The XDG base directory specification has relative values ignored.
  const xdg = env.XDG_CACHE_HOME;
  return join(xdg?.startsWith("/") ? xdg : join(home, ".cache"), "specbook");
}
