import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createFrameReader, openWebSocket } from "../../src/cli/jupyter/web-socket";

/** A server's frame, unmasked. */
function frame(opcode: number, text: string, final = true): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  const header = Buffer.alloc(length < 126 ? 2 : length < 65536 ? 4 : 10);
  header[0] = (final ? 0x80 : 0) | opcode;
  header[1] = length < 126 ? length : length < 65536 ? 126 : 127;
  if (header.length === 4) header.writeUInt16BE(length, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}

function read(bytes: Buffer, piece: number): [number, string][] {
  const messages: [number, string][] = [];
  const reader = createFrameReader((opcode, payload) => messages.push([opcode, payload.toString()]));
  for (let i = 0; i < bytes.length; i += piece) reader(bytes.subarray(i, i + piece));
  return messages;
}

let server: Server | undefined;
let peer: Socket | undefined;

afterEach(() => {
  peer?.destroy();
  server?.close();
  server = undefined;
});

/** Accepts one connection and hands over what arrives, bytes as they come. */
function listen(onSocket: (socket: Socket) => void, accept?: string): Promise<string> {
  const own = createServer((_, response) => response.writeHead(403).end());
  server = own;
  own.on("upgrade", (request, socket: Socket) => {
    const key = `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const answer = accept ?? createHash("sha1").update(key).digest("base64");
    socket.write(`HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`);
    socket.write(`Sec-WebSocket-Accept: ${answer}\r\n\r\n`);
    peer = socket;
    onSocket(socket);
  });
  return new Promise((resolve) => {
    own.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(own.address() as AddressInfo).port}/x`));
  });
}

/** Undoes the mask of a client's short frame. */
function unmask(bytes: Buffer): { opcode: number; text: string } {
  const long = (bytes[1] & 0x7f) === 126;
  const start = long ? 4 : 2;
  const length = long ? bytes.readUInt16BE(2) : bytes[1] & 0x7f;
  expect(bytes[1] & 0x80, "a client's frame is masked").toBe(0x80);
  const payload = bytes.subarray(start + 4, start + 4 + length).map((byte, i) => byte ^ bytes[start + (i & 3)]);
  return { opcode: bytes[0] & 0x0f, text: Buffer.from(payload).toString() };
}

describe("the WebSocket client", () => {
  const long = "x".repeat(300);
  const huge = "y".repeat(70_000);
  const bytes = Buffer.concat([
    frame(1, "short"),
    frame(1, long),
    frame(1, "first ", false),
    frame(9, "ping between"),
    frame(0, "second ", false),
    frame(0, "third"),
    frame(1, huge),
  ]);

  test.each([1, 7, 1000, 1_000_000])("puts messages together from pieces of %d bytes", (piece) => {
    expect(read(bytes, piece)).toEqual([
      [1, "short"],
      [1, long],
      [9, "ping between"],
      [1, "first second third"],
      [1, huge],
    ]);
  });

  test("sends masked text, answers a ping, and tells when the server ends", async () => {
    const received: { opcode: number; text: string }[] = [];
    const url = await listen((socket) => {
      socket.on("data", (chunk) => {
        received.push(unmask(chunk));
        if (received.length === 1) socket.write(frame(9, "alive?"));
        if (received.length === 2) socket.write(Buffer.concat([frame(1, "answer"), frame(8, "")]));
      });
    });
    const texts: string[] = [];
    const ended = await new Promise<Error>((resolve) => {
      openWebSocket(url, {}, { onText: (text) => texts.push(text), onEnd: resolve }).then((client) =>
        client.send(long),
      );
    });
    expect(received).toEqual([
      { opcode: 1, text: long },
      { opcode: 10, text: "alive?" },
    ]);
    expect(texts).toEqual(["answer"]);
    expect(ended.message).toContain("closed");
  });

  test("says so when the server refuses, or answers somebody else", async () => {
    const silent = { onText: () => {}, onEnd: () => {} };
    const wrong = await listen(() => {}, "bm90IG1pbmU=");
    await expect(openWebSocket(wrong, {}, silent)).rejects.toMatchObject({ tag: "EngineError" });
    server?.removeAllListeners("upgrade");
    server?.on("upgrade", (_, socket) => socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"));
    await expect(openWebSocket(wrong, {}, silent)).rejects.toMatchObject({ got: "HTTP status 403" });
  });
});
