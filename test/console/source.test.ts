import { describe, expect, it } from 'vitest';
import { readReport } from '../../console/src/data/read-report.ts';
import { connectionOf, createSource } from '../../console/src/data/source.ts';
import { aServer } from './a-server.ts';

const signal = new AbortController().signal;
const columns = [{ name: 'dau', type: 'bigint' }];
const meta = { scannedBytes: 1, milliseconds: 2, costLine: 'nothing' };
const page = (rows: readonly number[], next?: string): { status: number; body: string } => ({
  status: 200,
  body: JSON.stringify({ columns, rows: rows.map((dau) => ({ dau })), meta, ...(next !== undefined && { next }) }),
});
const connection = (fetcher: typeof fetch) => ({
  ...connectionOf('publisher', 'live', 'plk_x', fetcher),
  sleep: async () => undefined,
});

describe('a report', () => {
  it('is waited for where it takes longer, and read page by page', async () => {
    const { fetch, requests } = aServer([
      { status: 202, body: '{"link":"/live/rg-owner/results/1"}' },
      page([1, 2], '/live/rg-owner/results/2'),
      page([3]),
    ]);
    const phases: string[] = [];
    const result = await readReport(
      connection(fetch),
      'retention',
      { from_date: '2026-03-01' },
      {
        signal,
        onProgress: ({ phase, rows }) => phases.push(`${phase} ${rows}`),
      },
    );
    expect(result).toEqual({ columns, rows: [{ dau: 1 }, { dau: 2 }, { dau: 3 }], isCut: false, meta });
    expect(phases).toEqual(['running 0', 'reading 2']);
    expect(requests.map(({ url }) => url)).toEqual([
      '/live/rg-owner?report=retention&from_date=2026-03-01',
      '/live/rg-owner/results/1',
      '/live/rg-owner/results/2',
    ]);
  });

  it('of more rows than anybody looks at ends there, and says so', async () => {
    const { fetch, requests } = aServer([page([1, 2], '/live/rg-owner/results/2')]);
    const result = await readReport(connection(fetch), 'retention', {}, { signal, mostRows: 2 });
    expect([result.isCut, result.rows.length, requests.length]).toEqual([true, 2, 1]);
  });
});

describe('a source', () => {
  it('asks once for what it was just told, whatever the order of the values, and anew after a minute', async () => {
    let now = 0;
    const { fetch, requests } = aServer([page([1])]);
    const source = createSource('publisher', connection(fetch), () => now);
    await source.read('retention', { a: '1', b: '2' }, { signal });
    await source.read('retention', { b: '2', a: '1' }, { signal });
    expect(requests).toHaveLength(1);
    await source.read('retention', { a: '1' }, { signal });
    expect(requests).toHaveLength(2);
    now += 61_000;
    await source.read('retention', { a: '1' }, { signal });
    expect(requests).toHaveLength(3);
  });

  it('asks once for what several want at once, and tells all of them how far it is', async () => {
    const { fetch, requests } = aServer([{ status: 202, body: '{"link":"/live/rg-owner/results/1"}' }, page([1])]);
    const source = createSource('publisher', connection(fetch));
    const phases: string[] = [];
    const read = (who: string) =>
      source.read('retention', {}, { signal, onProgress: ({ phase }) => phases.push(`${who} ${phase}`) });
    const [one, other] = await Promise.all([read('one'), read('other')]);
    expect([one, requests.length]).toEqual([other, 2]);
    expect(phases).toEqual(['one running', 'other running']);
  });

  it('goes on for those who stay when one leaves, stops when the last one leaves, and asks anew then', async () => {
    const signals: AbortSignal[] = [];
    const answers: (() => void)[] = [];
    const fetcher = (_: unknown, init?: RequestInit): Promise<Response> =>
      new Promise((resolve, reject) => {
        signals.push(init!.signal!);
        init!.signal!.addEventListener('abort', () => reject(init!.signal!.reason as Error));
        answers.push(() => resolve(new Response(page([1]).body)));
      });
    const source = createSource('publisher', connection(fetcher));
    const readers = Array.from({ length: 3 }, () => new AbortController());
    const [leaves, stays, leavesToo] = readers.map((reader) => source.read('dau', {}, { signal: reader.signal }));
    readers[0]!.abort(new Error('left'));
    await expect(leaves).rejects.toThrow('left');
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    answers[0]!();
    await expect(stays).resolves.toMatchObject({ rows: [{ dau: 1 }] });
    await leavesToo;

    const alone = new AbortController();
    const stopped = source.read('mau', {}, { signal: alone.signal });
    alone.abort(new Error('left'));
    await expect(stopped).rejects.toThrow('left');
    const again = source.read('mau', {}, { signal });
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true, false]);
    answers[2]!();
    await expect(again).resolves.toMatchObject({ rows: [{ dau: 1 }] });
    await expect(source.read('wau', {}, { signal: alone.signal })).rejects.toThrow('left');
  });

  it('leaves out the cost where that is quicker, unless it is shown, and keeps both apart', async () => {
    const { fetch, requests } = aServer([page([1])]);
    const laptop = createSource('admin', { ...connection(fetch), ...connectionOf('admin', 'live', undefined, fetch) });
    await laptop.read('dau', {}, { signal });
    expect(laptop.peek('dau', {}, { needsCost: true })).toBeUndefined();
    await laptop.read('dau', {}, { signal, needsCost: true });
    expect(laptop.peek('dau', {}, { needsCost: true })).toMatchObject({ rows: [{ dau: 1 }] });
    const deployed = createSource('publisher', connection(fetch));
    await deployed.read('dau', {}, { signal });
    await deployed.read('dau', {}, { signal, needsCost: true });
    expect(requests.map(({ url }) => url)).toEqual([
      '/_local/reports?report=dau&cost=false',
      '/_local/reports?report=dau',
      '/live/rg-owner?report=dau',
    ]);
  });

  it("asks where its role is answered, the laptop's own admin without a token", () => {
    const { fetch } = aServer([page([])]);
    expect(connectionOf('studio', 'live', 'plk_x', fetch)).toMatchObject({ root: '/live/studio', token: 'plk_x' });
    expect(connectionOf('publisher', 'v1', 'plk_x', fetch)).toMatchObject({ root: '/v1/rg-owner', token: 'plk_x' });
    expect(connectionOf('admin', 'live', undefined, fetch)).toEqual({
      root: '/_local/reports',
      fetch,
      canOmitCost: true,
    });
  });
});
