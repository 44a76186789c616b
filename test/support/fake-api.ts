import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface FakeApi {
  readonly url: string;
  readonly requests: readonly FakeRequest[];
  /** How many connections were ever opened. */
  connections(): number;
  close(): Promise<void>;
}

/** An HTTP server that answers as told; `undefined` hangs up without an answer. */
export async function startFakeApi(
  answer: (request: FakeRequest, index: number) => FakeAnswer | undefined,
): Promise<FakeApi> {
  const requests: FakeRequest[] = [];
  let connections = 0;
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const request: FakeRequest = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString(),
      };
      requests.push(request);
      const given = answer(request, requests.length - 1);
      if (given) outgoing.writeHead(given.status, given.headers).end(given.body ?? '{}');
      else outgoing.destroy();
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
