import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Posts over connections that are kept open. Rejects when no whole answer came. */
export interface HttpPost {
  (url: string, headers: Readonly<Record<string, string>>, body: string): Promise<HttpAnswer>;
  close(): void;
}

/** API Gateway answers or gives up within 29 seconds (its integration timeout). */
const timeoutMs = 30_000;

export function createHttpPost(connections: number): HttpPost {
  // Another one than the requests': where both are the same, Node leaves a connection that is used again at the timeout
  // that it had while idle, which follows the server's Keep-Alive header (4 s), and long answers would break off.
  const settings = { keepAlive: true, maxSockets: connections, timeout: 2 * timeoutMs };
  const agents = { 'http:': new HttpAgent(settings), 'https:': new HttpsAgent(settings) };

  const post = (url: string, headers: Readonly<Record<string, string>>, body: string) =>
    new Promise<HttpAnswer>((resolve, reject) => {
      const target = new URL(url);
      const secure = target.protocol === 'https:';
      const outgoing = (secure ? httpsRequest : httpRequest)(target, {
        method: 'POST',
        agent: agents[secure ? 'https:' : 'http:'],
        headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
        timeout: timeoutMs,
      });
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        // A server that dies in the middle of its answer has not answered.
        incoming.on('close', () => {
          if (!incoming.complete) reject(new Error('the answer broke off'));
        });
        incoming.on('end', () => {
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: Buffer.concat(chunks).toString(),
          });
        });
      });
      outgoing.end(body);
    });

  return Object.assign(post, {
    close: () => {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  });
}
