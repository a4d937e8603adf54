import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** What the server does with one request: `start` is the first byte asked for. */
export type Answer = (response: ServerResponse, start: number, request: IncomingMessage) => void;

/** A local HTTP server that gives its n-th answer to the n-th request, the last one for ever. */
export async function serveFile(...answers: Answer[]): Promise<{ url: string; starts: number[] }> {
  const starts: number[] = [];
  const server: Server = createServer((request, response) => {
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const answer = answers[Math.min(starts.length, answers.length - 1)];
    starts.push(start);
    answer(response, start, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`, starts };
}

/** Sends the bytes from `start` on, honouring Range. */
export const whole =
  (content: Buffer): Answer =>
  (response, start) => {
    const range = start > 0 ? { "content-range": `bytes ${start}-${content.length - 1}/${content.length}` } : {};
    response.writeHead(start > 0 ? 206 : 200, { "content-length": content.length - start, ...range });
    response.end(content.subarray(start));
  };

/** Promises everything from `start` on but breaks the connection at byte `end`. */
export const cutAt =
  (content: Buffer, end: number): Answer =>
  (response, start) => {
    const range = start > 0 ? { "content-range": `bytes ${start}-${content.length - 1}/${content.length}` } : {};
    response.writeHead(start > 0 ? 206 : 200, { "content-length": content.length - start, ...range });
    response.write(content.subarray(start, end), () => setTimeout(() => response.destroy(), 20));
  };

/** Sends everything, whatever range was asked for. */
export const ignoringRange =
  (content: Buffer): Answer =>
  (response) => {
    response.writeHead(200, { "content-length": content.length });
    response.end(content);
  };
