import { afterEach, describe, expect, it } from 'vitest';
import { readReport } from '../../cli/read-report.ts';
import { startFakeApi, type FakeAnswer, type FakeApi } from '../support/fake-api.ts';

let api: FakeApi;
afterEach(() => api.close());

const meta = { scannedBytes: 7, milliseconds: 3 };
const page = (rows: readonly object[], next?: string): FakeAnswer => ({
  status: 200,
  body: JSON.stringify({ report: 'r', columns: [{ name: 'a' }, { name: 'b' }], rows, next, meta }),
});

async function ask(answers: readonly FakeAnswer[], mostPages?: number) {
  api = await startFakeApi((_request, index) => answers[index]);
  return readReport(
    { apiUrl: `${api.url}/live`, route: '/studio', token: 'plk_x' },
    'r',
    { at: '2026-01-01 00:00:00' },
    mostPages,
  );
}

describe('readReport', () => {
  it('waits behind a link and follows pages, all with the token', async () => {
    const answers = [
      { status: 202, body: '{"status":"running","link":"/live/studio/results/x"}' },
      page([{ a: 1, b: null }], '/live/studio/results/x?page=2'),
      page([{ a: 'two', b: 0.5 }]),
    ];
    expect(await ask(answers)).toEqual({
      columns: ['a', 'b'],
      rows: [
        ['1', null],
        ['two', '0.5'],
      ],
      ...meta,
    });
    expect(api.requests.map(({ path }) => path)).toEqual([
      '/live/studio?report=r&at=2026-01-01+00%3A00%3A00',
      '/live/studio/results/x',
      '/live/studio/results/x?page=2',
    ]);
    expect(new Set(api.requests.map(({ headers }) => headers.authorization))).toEqual(new Set(['plk_x']));
  });

  it('reads no more pages than it is asked for', async () => {
    const { rows } = await ask([page([{ a: 1 }], '/live/next'), page([{ a: 2 }])], 1);
    expect([rows, api.requests.length]).toEqual([[['1', null]], 1]);
  });

  it('fails with what the API says', async () => {
    await expect(ask([{ status: 403, body: '{"error":"AccessDenied"}' }])).rejects.toThrow(/403: .*AccessDenied/);
  });
});
