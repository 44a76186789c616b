import { request } from 'node:http';
import type { Endpoints } from '../../local/runtime.ts';
import type { Answer } from './read-answer.ts';

/**
 * Sends a request whose path goes out as it is, and waits for the answer however long it takes: `fetch` would resolve dots
 * and double slashes before, and give up after five minutes.
 */
export function rawRequest(
  { apiUrl }: Pick<Endpoints, 'apiUrl'>,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Pick<Answer, 'status' | 'text'>> {
  const { hostname, port } = new URL(apiUrl);
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, method, path, headers, agent: false });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      incoming.on('error', reject).on('end', () => resolve({ status: incoming.statusCode ?? 0, text }));
    });
    outgoing.end();
  });
}
