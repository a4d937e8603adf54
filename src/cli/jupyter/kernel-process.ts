import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as zmq from "zeromq";
import { SpecbookError } from "../../core";
import { collectOutput } from "./commands";
import { freePorts } from "./free-ports";
import { type KernelSession, openSession } from "./kernel-session";
import type { KernelSpec } from "./kernel-spec";
import type { Channel, Message, Transport } from "./messages";
import { within } from "./time-limit";

/** A kernel started by this process, without any Jupyter server. */
export interface KernelProcess extends KernelSession {
  /** Asks the kernel to stop the running cell. */
  interrupt(): Promise<void>;
  /** Asks the kernel to end, and ends it by force after two seconds. */
  shutdown(): Promise<void>;
}

interface Connection {
  readonly ip: string;
  readonly transport: "tcp";
  readonly signature_scheme: "hmac-sha256";
  readonly key: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
}

/**
 * Starts the kernel of a kernelspec and waits until it answers.
 *
 * @param directory working directory of the cells
 * @param seconds how long to wait for the first answer (default 60)
 * @throws EngineError when the kernel ends or stays silent, with what it printed
 */
export async function startKernel(spec: KernelSpec, directory: string, seconds = 60): Promise<KernelProcess> {
  const folder = mkdtempSync(join(tmpdir(), "specbook-kernel-"));
  const connection = await newConnection();
  const file = join(folder, "connection.json");
  writeFileSync(file, JSON.stringify(connection), { mode: 0o600 });
  const [command, ...args] = spec.argv.map((part) => part.replaceAll("{connection_file}", file));
  const child = spawn(command, args, {
    cwd: directory,
    env: { ...process.env, ...spec.env, JPY_PARENT_PID: String(process.pid) },
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32", // Ctrl-C in the terminal is ours to pass on, as an interrupt of the cell
  });
  const printed = collectOutput(child);
  const transport = connect(connection, child, printed);
  const session = openSession(transport);
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill); // a kernel must not outlive the process that started it
  const stop = async () => {
    process.off("exit", kill);
    kill();
    await transport.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await within(seconds, session.info(), () => silent(spec, printed()));
    await subscribed(session, seconds);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...session,
    interrupt: async () => void (await session.ask("control", "interrupt_request", {})),
    shutdown: async () => {
      const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      transport.onEnd = () => {}; // the end is what was asked for
      session.ask("control", "shutdown_request", { restart: false }).catch(() => {});
      await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, 2000).unref())]);
      await stop();
    },
  };
}

/** A subscription reaches the kernel some time after the socket is open: ask until an answer comes by iopub as well. */
async function subscribed(session: KernelSession, seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000;
  let heard = false;
  while (!heard && Date.now() < end) {
    const asked = session.info(() => {
      heard = true;
    });
    asked.catch(() => {}); // the idle status of an early one is lost: it is never complete
    await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 200))]);
  }
}

function connect(connection: Connection, child: ChildProcess, printed: () => string): Transport {
  const at = (port: number) => `tcp://${connection.ip}:${port}`;
  const identity = { routingId: randomUUID(), linger: 0, sendHighWaterMark: 0 };
  const sockets = { shell: new zmq.Dealer(identity), control: new zmq.Dealer(identity) };
  const iopub = new zmq.Subscriber({ receiveHighWaterMark: 0 });
  sockets.shell.connect(at(connection.shell_port));
  sockets.control.connect(at(connection.control_port));
  iopub.connect(at(connection.iopub_port));
  iopub.subscribe("");
  let open = true;
  let sending: Promise<unknown> = Promise.resolve();

  const transport: Transport = {
    onMessage: () => {},
    onEnd: () => {},
    send: (message) => {
      const socket = message.channel === "control" ? sockets.control : sockets.shell;
      const frames = encode(message, connection.key); // zeromq sends one message at a time
      sending = sending.then(() => (open ? socket.send(frames) : undefined)).catch((error) => transport.onEnd(error));
    },
    close: async () => {
      open = false;
      for (const socket of [sockets.shell, sockets.control, iopub]) socket.close();
    },
  };

  const receive = async (channel: Channel, socket: zmq.Dealer | zmq.Subscriber) => {
    for await (const frames of socket) {
      const message = decode(frames, channel, connection.key);
      if (message !== undefined) transport.onMessage(message);
    }
  };
  for (const [channel, socket] of [
    ["shell", sockets.shell] as const,
    ["control", sockets.control] as const,
    ["iopub", iopub] as const,
  ]) {
    receive(channel, socket).catch((error) => open && transport.onEnd(error));
  }
  child.once("error", (error) => open && transport.onEnd(error));
  child.once("exit", (code, signal) => {
    if (open) transport.onEnd(died(code, signal, printed()));
  });
  return transport;
}

const DELIMITER = "<IDS|MSG>";

function encode(message: Message, key: string): (string | Buffer)[] {
  const parts = [message.header, message.parent, message.metadata, message.content].map((part) => JSON.stringify(part));
  return [DELIMITER, sign(parts, key), ...parts];
}

function decode(frames: readonly Buffer[], channel: Channel, key: string): Message | undefined {
  const start = frames.findIndex((frame) => frame.toString() === DELIMITER);
  const [signature, ...parts] = frames.slice(start + 1, start + 6);
  if (start < 0 || signature?.toString() !== sign(parts, key)) return undefined; // not of our kernel
  const [header, parent, metadata, content] = parts.map((part) => JSON.parse(part.toString()));
  return { channel, header, parent, metadata, content };
}

function sign(parts: readonly (string | Buffer)[], key: string): string {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

async function newConnection(): Promise<Connection> {
  const [shell, iopub, stdin, control, hb] = await freePorts(5);
  return {
    ip: "127.0.0.1",
    transport: "tcp",
    signature_scheme: "hmac-sha256",
    key: randomUUID(),
    shell_port: shell,
    iopub_port: iopub,
    stdin_port: stdin,
    control_port: control,
    hb_port: hb,
  };
}

const silent = (spec: KernelSpec, printed: string) =>
  new SpecbookError("EngineError", "The kernel does not answer.", {
    got: printed || "no answer and no output",
    needed: "an answer to kernel_info_request",
    remedy: `start it by hand and read what it prints: ${spec.argv.join(" ")}`,
  });

const died = (code: number | null, signal: string | null, printed: string) =>
  new SpecbookError("EngineError", "The kernel ended.", {
    got: `${signal ?? `exit code ${code}`}${printed ? `\n${printed}` : ""}`,
    needed: "a kernel that stays alive until it is told to end",
    remedy: "run `specbook doctor`; if it is the data that fill the memory, work on a smaller region",
  });
