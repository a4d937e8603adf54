import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SpecbookError } from "../../core";
import { collectOutput, lastLines } from "./commands";
import { freePorts } from "./free-ports";
import { type KernelSession, openSession } from "./kernel-session";
import { KERNEL_NAME } from "./kernel-spec";
import type { Message, Transport } from "./messages";
import { openWebSocket } from "./web-socket";

/** How to start a Jupyter server. */
export interface ServerOptions {
  /** The `jupyter` command. */
  readonly command: string;
  /** Where our kernelspec lies: goes in front of JUPYTER_PATH. */
  readonly dataDirectory: string;
  /** The folder whose notebooks are served. */
  readonly root: string;
  /** Further arguments, e.g. `["--LabApp.expose_app_in_browser=True"]`. */
  readonly arguments?: readonly string[];
  /** Seconds to wait until it answers; default 90. */
  readonly seconds?: number;
}

/** A running JupyterLab server of our own: 127.0.0.1 only, with a token, apart from the user's settings. */
export interface JupyterServer {
  /** `http://127.0.0.1:<port>/` */
  readonly url: string;
  readonly token: string;
  /** A request of the server's REST interface, e.g. `("GET", "api/kernelspecs")`; rejects on an HTTP error. */
  api(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Starts the specbook kernel for a notebook in `root` and opens a conversation with it. */
  openKernel(path: string): Promise<KernelSession>;
  stop(): Promise<void>;
}

/** Environment variables that let Jupyter find our kernelspec, beside everything it finds anyway. */
export function jupyterEnvironment(dataDirectory: string): NodeJS.ProcessEnv {
  const path = [dataDirectory, process.env.JUPYTER_PATH].filter((part) => part).join(delimiter);
  return { ...process.env, JUPYTER_PATH: path };
}

/** Jupyter refuses to run as root, as it is in a container, unless it is told that this is meant. */
export function rootArguments(): string[] {
  return process.getuid?.() === 0 ? ["--allow-root"] : [];
}

/**
 * Starts `jupyter lab` on a free port and waits until it answers.
 *
 * @throws EngineError when it ends or stays silent, with the last lines it printed
 */
export async function startServer(options: ServerOptions): Promise<JupyterServer> {
  const { command, dataDirectory, root, seconds = 90 } = options;
  const home = mkdtempSync(join(tmpdir(), "specbook-jupyter-"));
  const folders = ["config", "data", "runtime", "settings", "workspaces", "ipython"] as const;
  const [config, data, runtime, settings, workspaces, ipython] = folders.map((name) => join(home, name));
  for (const folder of [config, data, runtime, settings, workspaces]) mkdirSync(folder);
  const token = randomBytes(24).toString("hex");
  const [port] = await freePorts(1);
  const child = spawn(
    command,
    [
      "lab",
      "--no-browser",
      "--ip=127.0.0.1",
      `--port=${port}`,
      `--ServerApp.root_dir=${root}`,
      ...rootArguments(),
      ...(options.arguments ?? []),
    ],
    {
      env: {
        ...jupyterEnvironment(dataDirectory),
        JUPYTER_CONFIG_DIR: config,
        JUPYTER_DATA_DIR: data,
        JUPYTER_RUNTIME_DIR: runtime,
        JUPYTERLAB_SETTINGS_DIR: settings,
        JUPYTERLAB_WORKSPACES_DIR: workspaces,
        IPYTHONDIR: ipython,
        JUPYTER_TOKEN: token, // not among the arguments, which every user of the machine can read
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const printed = collectOutput(child);
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  const stop = async (url?: string) => {
    if (url !== undefined) await call(url, token, "POST", "api/shutdown").catch(() => {});
    for (let i = 0; i < 100 && child.exitCode === null && child.signalCode === null; i++) await sleep(50);
    kill();
    process.off("exit", kill);
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const url = await answering(child, runtime, token, seconds, printed);
    return {
      url,
      token,
      api: (method, path, body) => call(url, token, method, path, body),
      openKernel: (path) => openKernel(url, token, path),
      stop: () => stop(url),
    };
  } catch (error) {
    kill();
    await stop();
    throw error;
  }
}

/** The server writes its address to a file once its port is open (which is another one if ours was taken meanwhile). */
async function answering(
  child: ChildProcess,
  runtime: string,
  token: string,
  seconds: number,
  printed: () => string,
): Promise<string> {
  let failure: Error | undefined;
  child.once("error", (error) => {
    failure = error;
  });
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end && failure === undefined && child.exitCode === null) {
    const file = readdirSync(runtime).find((name) => /^jpserver-\d+\.json$/.test(name));
    const path = join(runtime, file ?? "none");
    if (existsSync(path)) {
      try {
        const { url } = JSON.parse(readFileSync(path, "utf8")) as { url: string };
        await call(url, token, "GET", "api/status");
        return url;
      } catch {
        // half-written file, or not listening yet: look again
      }
    }
    await sleep(100);
  }
  throw new SpecbookError("EngineError", "The Jupyter server did not start.", {
    got: failure?.message ?? (lastLines(printed(), 12) || `no answer within ${seconds} s`),
    needed: "a server that answers on 127.0.0.1",
    remedy: "run `specbook lab --check` again; then `jupyter lab --debug` to see what it waits for",
  });
}

async function call(url: string, token: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(new URL(path, url), {
    method,
    headers: { Authorization: `token ${token}`, "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: HTTP status ${response.status} ${text.slice(0, 300)}`);
  return text === "" ? undefined : JSON.parse(text);
}

async function openKernel(url: string, token: string, path: string): Promise<KernelSession> {
  const wanted = { kernel: { name: KERNEL_NAME }, name: path, path, type: "notebook" };
  const made = (await call(url, token, "POST", "api/sessions", wanted)) as { kernel: { id: string } };
  const session = randomUUID();
  const transport: Transport = { onMessage: () => {}, onEnd: () => {}, send: () => {}, close: async () => {} };
  const address = new URL(`api/kernels/${made.kernel.id}/channels?session_id=${session}`, url).href;
  const socket = await openWebSocket(
    address,
    { Authorization: `token ${token}` },
    {
      onText: (text) => {
        const message = fromServer(JSON.parse(text));
        transport.onMessage(message);
        const state = message.header.msg_type === "status" ? message.content.execution_state : undefined;
        if (state === "dead" || state === "restarting") transport.onEnd(kernelEnded("the server says that it died"));
      },
      onEnd: (reason) => transport.onEnd(kernelEnded(reason.message)),
    },
  );
  transport.send = ({ parent, ...message }) => socket.send(JSON.stringify({ ...message, parent_header: parent }));
  transport.close = async () => socket.close();
  return openSession(transport);
}

const kernelEnded = (got: string) =>
  new SpecbookError("EngineError", "The kernel ended.", {
    got,
    needed: "a kernel that stays alive until it is told to end",
    remedy: "run `specbook doctor` and `specbook install`, which start the kernel alone and show what it prints",
  });

function fromServer(raw: Omit<Message, "parent"> & { parent_header?: Message["parent"] }): Message {
  const { parent_header: parent = {}, channel, header, metadata, content } = raw;
  return { channel, header, parent, metadata, content };
}
