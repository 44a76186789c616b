import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createApiServer, type ApiServer } from '../../local/api-server.ts';
import { aLog } from '../support/a-log.ts';

let api: ApiServer;
let url = '';
/** Requests that wait for their answer. */
let waiting: (() => void)[] = [];

const post = (path: string, bytes: number) => fetch(url + path, { method: 'POST', body: 'x'.repeat(bytes) });

beforeEach(async () => {
  waiting = [];
  api = createApiServer({ clock: Date.now, log: aLog(), mostHeldBytes: 100_000 });
  api.open({
    gateway: {
      handle: async ({ body }) => {
        await new Promise<void>((resolve) => waiting.push(resolve));
        return { status: 200, headers: {}, body: String(body.length) };
      },
    },
    inspect: { handle: async () => ({ status: 200, headers: {}, body: 'well' }) },
  });
  api.server.listen(0, '127.0.0.1');
  await once(api.server, 'listening');
  url = `http://127.0.0.1:${(api.server.address() as AddressInfo).port}`;
});
afterEach(() => {
  api.server.closeAllConnections();
  api.server.close();
});

it('asks to come again while it holds as many bodies as it may, and takes more once they are answered', async () => {
  const first = post('/stage', 60_000);
  await expect.poll(() => waiting.length).toBe(1);
  const refused = await post('/stage', 60_000);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(await (await post('/_local/health', 0)).text()).toBe('well');

  waiting.shift()!();
  expect(await (await first).text()).toBe('60000');
  const second = post('/stage', 99_000);
  await expect.poll(() => waiting.length).toBe(1);
  waiting.shift()!();
  expect(await (await second).text()).toBe('99000');
});

it('answers whoever expects what no server has', async () => {
  const asked = request(`${url}/_local/health`, { headers: { expect: 'a-miracle' } }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  expect([answer.statusCode, await text(answer)]).toEqual([200, 'well']);
});
