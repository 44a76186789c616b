import type { Agent, IncomingMessage } from 'node:http';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

export interface PostAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** One request to be sent. */
export interface Post {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Ends the request before its time is up. */
  readonly signal?: AbortSignal | undefined;
}

export interface Patience {
  /** Until a connection stands. */
  readonly connectMilliseconds: number;
  /** From then on, until the whole answer is there. */
  readonly answerMilliseconds: number;
}

/** Sends a request once. Fails for what never became an answer; the error's `code` says why. */
export type SendPost = (post: Post) => Promise<PostAnswer>;

/** Connections of one client; requests beyond them wait for one. */
const maxConnections = 50;

/**
 * Posts to one address over connections that are kept. Over `node:http`, which Lambda's own runtime has loaded already:
 * the first `fetch` of a process costs several times as much as everything else here.
 */
export function poster(url: URL, patience: Patience): SendPost {
  const isTls = url.protocol === 'https:';
  const options = { keepAlive: true, maxSockets: maxConnections };
  const agent: Agent = isTls ? new HttpsAgent(options) : new HttpAgent(options);
  const send = isTls ? httpsRequest : httpRequest;

  return async ({ headers, body, signal }) =>
    await new Promise<PostAnswer>((resolve, reject) => {
      const request = send(url, { method: 'POST', agent, headers, ...(signal && { signal }) }, (response) => {
        readText(response).then(
          (text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
          reject,
        );
      });
      limitTime(request, patience);
      request.once('error', reject);
      request.end(body);
    });
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Ends a request that gets no connection, or no answer, in time. */
function limitTime(
  request: ReturnType<typeof httpRequest>,
  { connectMilliseconds, answerMilliseconds }: Patience,
): void {
  let timer: NodeJS.Timeout | undefined;
  const allow = (milliseconds: number, what: string): void => {
    clearTimeout(timer);
    timer = setTimeout(() => request.destroy(timedOut(what, milliseconds)), milliseconds);
  };
  request.once('socket', (socket) => {
    if (!socket.connecting) return allow(answerMilliseconds, 'answer');
    allow(connectMilliseconds, 'connection');
    const connected = 'encrypted' in socket ? 'secureConnect' : 'connect';
    socket.once(connected, () => allow(answerMilliseconds, 'answer'));
  });
  request.once('close', () => clearTimeout(timer));
}

const timedOut = (what: string, milliseconds: number): Error =>
  Object.assign(new Error(`no ${what} in ${milliseconds} ms`), { code: 'ETIMEDOUT' });
