import { readFileSync } from "node:fs";
import { z } from "zod";
import { SpecbookError } from "../core";

const port = z.number().int().min(1).max(65535);
const schema = z.object({
  transport: z.literal("tcp").or(z.literal("ipc")).default("tcp"),
  ip: z.string(),
  key: z.string().default(""),
  signature_scheme: z.literal("hmac-sha256").default("hmac-sha256"),
  shell_port: port,
  iopub_port: port,
  stdin_port: port,
  control_port: port,
  hb_port: port,
});

/** Where a Jupyter client expects the five sockets of the kernel. */
export type Connection = z.infer<typeof schema>;

/** The socket names of a connection. */
export type Channel = "shell" | "iopub" | "stdin" | "control" | "hb";

/** Reads the connection file that Jupyter wrote. Throws FileError or FormatError. */
export function readConnectionFile(path: string): Connection {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new SpecbookError("FileError", "The kernel cannot read its connection file.", {
      got: `${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      needed: "the JSON file that a Jupyter client writes before it starts a kernel",
      remedy: "start the kernel from JupyterLab or with `jupyter console`, not by hand",
      cause,
    });
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw new SpecbookError("FormatError", "The connection file is incomplete.", {
    got: result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; "),
    needed: "transport, ip, key and five ports",
    remedy: "let the Jupyter client write the file",
  });
}

/** The address of one socket, e.g. `tcp://127.0.0.1:5555`. */
export function address(connection: Connection, channel: Channel): string {
  const number = connection[`${channel}_port`];
  return `${connection.transport}://${connection.ip}${connection.transport === "ipc" ? "-" : ":"}${number}`;
}

/** Socket options under which every send is queued at once: with the defaults zeromq loses messages in a flood. */
export const LOSSLESS: { sendHighWaterMark: number; sendTimeout: number; linger: number } = {
  sendHighWaterMark: 0,
  sendTimeout: 0,
  linger: 500,
};
