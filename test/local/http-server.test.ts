import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { close, listen, urlOf } from '../../local/http-server.ts';

describe('an HTTP server', () => {
  it('says plainly that its port is in use', async () => {
    const [first, second] = [createServer(), createServer()];
    const port = await listen(first, 0, '127.0.0.1', 'the first');
    await expect(listen(second, port, '127.0.0.1', 'the API (--port)')).rejects.toThrow(
      `the API (--port): port ${port} is in use`,
    );
    await close(first, 1);
  });

  it('ends what is underway, then closes although clients keep their connections', async () => {
    const server = createServer((_request, response) => void wait(100).then(() => response.end('done')));
    const port = await listen(server, 0, '127.0.0.1', 'it');
    const agent = new Agent({ keepAlive: true });
    const underway = once(server, 'request');
    const answer = get(port, agent);
    await underway;
    const startedAt = Date.now();
    await close(server, 10);
    expect(await answer).toBe('done');
    expect(Date.now() - startedAt).toBeLessThan(9_000);
    agent.destroy();
  });

  it('is reached on this machine where it listens on all addresses', () => {
    expect(urlOf('0.0.0.0', 80)).toBe('http://127.0.0.1:80');
    expect(urlOf('::1', 80)).toBe('http://[::1]:80');
  });
});

function get(port: number, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', agent }, (response) => {
      response
        .toArray()
        .then((chunks) => resolve(Buffer.concat(chunks as Buffer[]).toString()))
        .catch(reject);
    })
      .on('error', reject)
      .end();
  });
}
