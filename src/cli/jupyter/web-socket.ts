import { createHash, randomBytes } from "node:crypto";
import { request } from "node:http";
import type { Socket } from "node:net";
import { SpecbookError } from "../../core";

/**
 * A WebSocket client (RFC 6455) of the few parts that a Jupyter server on this machine needs: text frames, fragments,
 * ping and close. Node has one of its own only from version 22 on.
 */
export interface WebSocketClient {
  send(text: string): void;
  close(): void;
}

/** What a client is told. */
export interface WebSocketEvents {
  /** A whole text message. Binary messages are not passed on. */
  onText(text: string): void;
  /** The connection ended without `close` having been called. */
  onEnd(reason: Error): void;
}

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, section 1.3
const OPCODE = { continuation: 0, text: 1, close: 8, ping: 9, pong: 10 };

/** Opens a connection to `http://...`; rejects with EngineError if the server refuses it. */
export function openWebSocket(
  url: string,
  headers: Readonly<Record<string, string>>,
  events: WebSocketEvents,
): Promise<WebSocketClient> {
  const key = randomBytes(16).toString("base64");
  const upgrade = {
    ...headers,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": key,
  };
  return new Promise((resolve, reject) => {
    const refused = (got: string, cause?: unknown) =>
      reject(
        new SpecbookError("EngineError", "The Jupyter server refused a connection to its kernel.", {
          got,
          needed: "an upgrade to a WebSocket",
          remedy: "look at what the server prints; a proxy between can be the reason (set NO_PROXY=127.0.0.1)",
          cause,
        }),
      );
    const asked = request(url, { headers: upgrade });
    asked.once("error", (error) => refused(error.message, error));
    asked.once("response", (response) => {
      response.resume();
      refused(`HTTP status ${response.statusCode}`);
    });
    asked.once("upgrade", (response, socket: Socket, head) => {
      const accept = createHash("sha1").update(`${key}${GUID}`).digest("base64");
      if (response.headers["sec-websocket-accept"] !== accept) {
        socket.destroy();
        return refused("an answer that does not belong to the request");
      }
      resolve(talk(socket, head, events));
    });
    asked.end();
  });
}

function talk(socket: Socket, head: Buffer, events: WebSocketEvents): WebSocketClient {
  let open = true;
  const end = (reason: Error) => {
    if (!open) return;
    open = false;
    socket.destroy();
    events.onEnd(reason);
  };
  const send = (opcode: number, payload: Buffer) => {
    if (open) socket.write(frame(opcode, payload));
  };
  const reader = createFrameReader((opcode, payload) => {
    if (opcode === OPCODE.text) events.onText(payload.toString("utf8"));
    else if (opcode === OPCODE.ping) send(OPCODE.pong, payload);
    else if (opcode === OPCODE.close) end(new Error("the server closed the connection"));
  });
  socket.setNoDelay(true);
  socket.on("data", reader);
  socket.once("error", end);
  socket.once("close", () => end(new Error("the connection was lost")));
  reader(head);
  return {
    send: (text) => send(OPCODE.text, Buffer.from(text)),
    close: () => {
      send(OPCODE.close, Buffer.alloc(0));
      open = false;
      socket.end();
      socket.unref();
    },
  };
}

/** A client's frame: whole, and masked as the RFC demands of clients. */
function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const size = length < 126 ? 0 : length < 65536 ? 2 : 8;
  const header = Buffer.alloc(2 + size);
  header[0] = 0x80 | opcode;
  header[1] = 0x80 | (size === 0 ? length : size === 2 ? 126 : 127);
  if (size === 2) header.writeUInt16BE(length, 2);
  if (size === 8) header.writeBigUInt64BE(BigInt(length), 2);
  const mask = randomBytes(4);
  const masked = Buffer.from(payload);
  for (let i = 0; i < length; i++) masked[i] ^= mask[i & 3];
  return Buffer.concat([header, mask, masked]);
}

/** Puts frames together from the pieces that arrive, and messages from frames. Exported for its tests. */
export function createFrameReader(onMessage: (opcode: number, payload: Buffer) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let held = 0;
  let needed = 2;
  let fragments: Buffer[] = [];
  let kind = 0;

  return (chunk) => {
    chunks.push(chunk);
    held += chunk.length;
    if (held < needed) return; // a frame of many megabytes comes in many pieces: join them once
    let bytes = Buffer.concat(chunks);
    for (;;) {
      const parsed = parseFrame(bytes);
      needed = parsed.needed;
      if (parsed.payload === undefined) break;
      bytes = bytes.subarray(parsed.needed);
      if (parsed.opcode >= OPCODE.close) {
        onMessage(parsed.opcode, parsed.payload); // control frames may come between the fragments of a message
      } else {
        if (parsed.opcode !== OPCODE.continuation) kind = parsed.opcode;
        fragments.push(parsed.payload);
        if (parsed.final) {
          const message = Buffer.concat(fragments);
          fragments = [];
          onMessage(kind, message);
        }
      }
    }
    chunks = [bytes];
    held = bytes.length;
  };
}

/** One frame at the start of `bytes`, or how many bytes it needs. A server's frames are not masked. */
function parseFrame(bytes: Buffer): { needed: number; opcode: number; final: boolean; payload?: Buffer } {
  const opcode = bytes.length > 0 ? bytes[0] & 0x0f : 0;
  const final = bytes.length > 0 && (bytes[0] & 0x80) !== 0;
  const short = bytes.length > 1 ? bytes[1] & 0x7f : 0;
  const start = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
  if (bytes.length < start) return { needed: start, opcode, final };
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  const needed = start + length;
  if (bytes.length < needed) return { needed, opcode, final };
  return { needed, opcode, final, payload: bytes.subarray(start, needed) };
}
