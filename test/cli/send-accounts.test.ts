import { afterEach, expect, it } from 'vitest';
import { sendAccounts } from '../../cli/send-accounts.ts';
import { startFakeApi, type FakeApi } from '../support/fake-api.ts';

let api: FakeApi;
afterEach(() => api.close());

it('sends records in requests of five hundred, each until it is stored', async () => {
  api = await startFakeApi((_request, index) => ({ status: index === 0 ? 429 : 200 }));
  const records = Array.from({ length: 501 }, (_, index) => ({ player_id: `p-${index}` }));
  expect(await sendAccounts(`${api.url}/live/player-ingest`, 'plk_x', records, 10)).toBe(501);
  const sizes = api.requests.map(({ body }) => (JSON.parse(body) as unknown[]).length);
  expect(sizes).toEqual([500, 500, 1]);
  expect(api.requests[1]?.body).toBe(api.requests[0]?.body);
  expect(api.requests[0]).toMatchObject({ path: '/live/player-ingest', headers: { authorization: 'plk_x' } });
});

it('ends with the first request that is refused', async () => {
  api = await startFakeApi(() => ({ status: 400, body: '{"error":"InvalidRequest"}' }));
  await expect(sendAccounts(api.url, 'plk_x', [{ player_id: 'p' }], 10)).rejects.toThrow(/400 .*InvalidRequest/);
});
