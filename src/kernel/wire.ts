import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

/** The header of a Jupyter message. */
export interface Header {
  readonly msg_id: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly msg_type: string;
  readonly version: string;
}

/** A decoded Jupyter message. `ids` are the routing frames a reply has to start with. */
export interface Message {
  readonly ids: readonly Buffer[];
  readonly header: Header;
  readonly parent: Partial<Header>;
  readonly metadata: Record<string, unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: the content of a message depends on its type and comes from outside
  readonly content: any;
  readonly buffers: readonly Buffer[];
}

/** What a message to be sent is made of. */
export interface Draft {
  readonly ids?: readonly Uint8Array[];
  readonly type: string;
  readonly content: unknown;
  readonly parent?: Partial<Header>;
  readonly metadata?: Record<string, unknown>;
  readonly buffers?: readonly Uint8Array[];
}

/** One frame on the socket. */
export type Frame = string | Uint8Array;

const DELIMITER = Buffer.from("<IDS|MSG>");
const PROTOCOL = "5.3";

// The signature covers exactly these four frames, never the binary buffers behind them.
function sign(key: string, frames: readonly Frame[]): string {
  if (key === "") return "";
  const hmac = createHmac("sha256", key);
  for (const frame of frames) hmac.update(frame);
  return hmac.digest("hex");
}

/** Reads the frames of one message. Throws if the delimiter is missing or the signature is wrong. */
export function decode(key: string, frames: readonly Uint8Array[]): Message {
  const all = frames.map((frame) => Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength));
  const at = all.findIndex((frame) => frame.equals(DELIMITER));
  if (at < 0 || all.length < at + 6) throw new Error("not a Jupyter message: too few frames");
  const [signature, header, parent, metadata, content, ...buffers] = all.slice(at + 1);
  const expected = Buffer.from(sign(key, [header, parent, metadata, content]));
  if (key !== "" && (signature.length !== expected.length || !timingSafeEqual(signature, expected))) {
    throw new Error("a message with a wrong signature was refused");
  }
  const parse = (frame: Buffer) => JSON.parse(frame.toString("utf8"));
  return {
    ids: all.slice(0, at),
    header: parse(header),
    parent: parse(parent),
    metadata: parse(metadata),
    content: parse(content),
    buffers,
  };
}

/** The encoder of one session: makes the frames of a message, signed with `key`. */
export function createEncoder(key: string, session: string = randomUUID()): (draft: Draft) => Frame[] {
  return ({ ids = [], type, content, parent = {}, metadata = {}, buffers = [] }) => {
    const header: Header = {
      msg_id: randomUUID(),
      session,
      username: "kernel",
      date: new Date().toISOString(),
      msg_type: type,
      version: PROTOCOL,
    };
    const frames = [header, parent, metadata, content].map((part) => JSON.stringify(part));
    return [...ids, DELIMITER, sign(key, frames), ...frames, ...buffers];
  };
}
