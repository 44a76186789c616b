import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createHttpPost } from '../../generator/http-post.ts';

it('waits for an answer longer than the server keeps idle connections', async () => {
  let requests = 0;
  const server = createServer((incoming, outgoing) => {
    requests += 1;
    incoming.resume().on('end', () => setTimeout(() => outgoing.end('done'), requests === 1 ? 0 : 1_300));
  });
  // Told to clients by the header Keep-Alive; they end idle connections a second before.
  server.keepAliveTimeout = 2_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const post = createHttpPost(1);
  try {
    await post(url, {}, '');
    // The connection becomes free a moment after its answer.
    await sleep(20);
    expect(await post(url, {}, '')).toMatchObject({ status: 200, body: 'done' });
    expect(requests).toBe(2);
  } finally {
    post.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
