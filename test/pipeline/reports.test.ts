import { createHmac } from 'node:crypto';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { aStudio, type Studio } from '../support/a-studio.ts';
import { createRoleToken } from '../support/admin-client.ts';
import { askReport, savedReports } from '../support/ask-report.ts';
import { readAnswer } from '../support/read-answer.ts';
import { askForReport, callWithToken, readReport, type ReportRow } from '../support/reports-client.ts';
import { runWorkflow } from '../support/run-workflow.ts';
import { runPipeline, type RunningPipeline } from '../support/running-pipeline.ts';
import { searchFolder } from '../support/search-folder.ts';
import { flush } from '../support/send-events.ts';

const minute = 60_000;
const parquetType = 'application/vnd.apache.parquet';

interface ReportAnswer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly ReportRow[];
  readonly next?: string;
  readonly link?: string;
  readonly meta: { readonly scannedBytes: number; readonly reused: boolean; readonly costLine: string };
}

interface Listed {
  readonly name: string;
  readonly parameters: readonly { readonly name: string }[];
  readonly columns: readonly { readonly name: string }[];
  readonly sql: string;
}

let pipeline: RunningPipeline;
/** The server's clock before ours, in milliseconds: at first so far that no minute of this file is a day's first. */
let ahead = Math.max(0, 3 * minute - (Date.now() % (24 * 60 * minute)));
let publisher: string;
let studio: Studio;
let other: Studio;

beforeAll(async () => {
  pipeline = await runPipeline({ assemblyDir: inject('assemblyDir'), clock: () => Date.now() + ahead });
  const { endpoints } = pipeline;
  publisher = await createRoleToken(endpoints);
  studio = await aStudio(endpoints, publisher, 'amber', { players: 5, amount: 3.25, currency: 'EUR', country: 'NO' });
  other = await aStudio(endpoints, publisher, 'blue', { players: 2, amount: 9.75, currency: 'USD', country: 'PT' });
  await flush(endpoints);
  await runWorkflow(endpoints);
});

afterAll(() => pipeline?.remove());

const ask = async (query: Readonly<Record<string, string>>, token = studio.token, root = '/studio') => {
  const answer = await askForReport(pipeline.endpoints, token, root, query);
  return { ...answer, json: answer.json as ReportAnswer };
};

const bytesOf = async (
  query: string,
  accept: string,
): Promise<{ readonly type: string | null; readonly bytes: Buffer }> => {
  const headers = { Authorization: studio.token, Accept: accept };
  const response = await fetch(`${pipeline.endpoints.apiUrl}/studio?${query}`, { headers });
  return { type: response.headers.get('content-type'), bytes: Buffer.from(await response.arrayBuffer()) };
};

describe('the lists', () => {
  it.each([
    ['/studio', () => studio.token, 12],
    ['/rg-owner', () => publisher, 33],
  ])('of %s have what somebody needs to call a report, in the very text that runs', async (root, token, count) => {
    const { status, json } = await askForReport(pipeline.endpoints, token(), root);
    const { reports } = json as { readonly reports: readonly Listed[] };
    expect([status, reports.length]).toEqual([200, count]);
    const saved = await savedReports(pipeline.endpoints);
    expect(reports.map(({ name, sql }) => [name, sql])).toEqual(reports.map(({ name }) => [name, saved.get(name)]));
    expect(reports.filter(({ columns }) => columns.length < 3)).toEqual([]);
    const bound = reports.filter(({ parameters }) => parameters.some(({ name }) => name === 'studio_id'));
    expect(root === '/studio' ? bound : []).toEqual([]);
  });
});

describe('a report', () => {
  it('has the rows that Athena has for the studio, page by page or at once', async () => {
    const saved = await savedReports(pipeline.endpoints);
    const values = { studio_id: 'amber-studio' };
    const expected = await askReport(pipeline.endpoints, 'studio-players', saved.get('studio-players')!, values);
    expect(expected).toHaveLength(9);

    const { json, headers } = await ask({ report: 'studio-players' });
    expect(json.rows).toEqual(expected);
    expect(json.next).toBeUndefined();
    expect(headers.get('link')).toBeNull();
    const pages = await readReport(pipeline.endpoints, studio.token, '/studio', {
      report: 'studio-players',
      limit: '2',
    });
    expect(pages).toEqual(expected);
  });

  it('has numbers as numbers, and money as it is', async () => {
    const { json } = await ask({ report: 'studio-monetisation', game_id: 'amber-game-1' });
    expect(json.rows).toMatchObject([
      { game_id: 'amber-game-1', currency_type: 'EUR', revenue: '16.2500', payers: 5, dau: 5, arppu: 3.25 },
    ]);
  });

  it('is the same as CSV and as Parquet, which arrives as bytes', async () => {
    const { json } = await ask({ report: 'studio-title-popularity' });
    const csv = await bytesOf('report=studio-title-popularity', 'text/csv');
    expect(csv.type).toBe('text/csv');
    const [header, ...lines] = csv.bytes.toString().trimEnd().split('\r\n');
    expect(header!.split(',')).toEqual(json.columns.map(({ name }) => name));
    expect(lines.map((line) => line.split(',')[0])).toEqual(json.rows.map((row) => row['game_id']));

    const { type, bytes } = await bytesOf('report=studio-title-popularity', parquetType);
    expect([type, bytes.subarray(0, 4).toString()]).toEqual([parquetType, 'PAR1']);
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const rows = await parquetReadObjects({ file: file as ArrayBuffer, compressors });
    const plain = rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
      ),
    );
    expect(plain).toEqual(json.rows);
  });

  it('says what it cost', async () => {
    const { json, headers } = await ask({ report: 'studio-levels' });
    expect(json.meta.scannedBytes).toBeGreaterThan(0);
    expect(json.meta.costLine).toMatch(/^[\d,]+ bytes scanned: about \$0\.00005 on Athena/);
    expect(headers.get('x-report-cost')).toBe(json.meta.costLine);
  });

  it('that is not waited for is a link, under which the same rows come', async () => {
    const query = { report: 'studio-data-quality' };
    const expected = (await ask(query)).json.rows;
    expect(expected).toHaveLength(2);
    // A machine may be quick enough to have it at once.
    let answer = await ask({ ...query, wait: '0' });
    for (let tries = 1; answer.status === 200 && tries < 20; tries += 1) answer = await ask({ ...query, wait: '0' });
    expect(answer.status).toBe(202);
    const { link = '' } = answer.json;
    expect(answer.headers.get('location')).toBe(link);
    const url = new URL(link, pipeline.endpoints.apiUrl);
    const later = await readAnswer(await fetch(url, { headers: { Authorization: studio.token } }));
    expect([later.status, (later.json as ReportAnswer).rows]).toEqual([200, expected]);
  });

  it.each([
    ['?report=nothing', /there is no report of this name; there are studio-activity, /],
    ['?report=title-popularity', /there is no report of this name/],
    ['?report=studio-players&studio_id=amber-studio', /the one of the token/],
    ['?report=studio-players&at=yesterday', /at: "yesterday" is no timestamp/],
    ['?report=studio-players&game_id=a&game_id=b', /given 2 times/],
  ])('is refused in words that help: %s', async (query, words) => {
    const { status, json } = await callWithToken(pipeline.endpoints, studio.token, 'GET', `/studio${query}`);
    expect([status, json]).toEqual([400, { error: 'InvalidRequest', error_detail: expect.stringMatching(words) }]);
  });
});

describe('an earlier result', () => {
  it('is used for the same studio and question over the same data, and for nothing else', async () => {
    const query = { report: 'studio-title-popularity', at: '2026-03-01 00:00:00' };
    ahead += 2 * minute;
    const first = await ask(query);
    const second = await ask(query);
    expect([first.json.meta.reused, second.json.meta.reused]).toEqual([false, true]);
    expect(second.json.rows).toEqual(first.json.rows);
    expect(second.json.meta).toMatchObject({ scannedBytes: 0, costLine: expect.stringContaining('$0') });

    const others = [
      await ask(query, other.token),
      await ask({ ...query, at: '2026-03-02 00:00:00' }),
      await ask({ report: 'studio-data-quality' }),
      await ask({ report: 'studio-data-quality' }),
    ];
    expect(others.map(({ json }) => json.meta.reused)).toEqual([false, false, false, false]);
    expect(others[0]!.json.rows).not.toEqual(first.json.rows);
  });

  it('is not used once a run has changed the data', async () => {
    const query = { report: 'studio-title-popularity', at: '2026-03-01 00:00:00' };
    const before = await ask(query);
    expect(before.json.meta.reused).toBe(true);
    await callWithToken(pipeline.endpoints, publisher, 'POST', '/player-ingest', {
      body: {
        player_id: 'amber-player-late',
        user_id: 'late',
        player_name: 'A latecomer',
        account_start_at: '2026-01-01T00:00:00Z',
        games: [{ game_id: 'amber-game-1', subscription_start_at: '2026-01-01T00:00:00Z' }],
      },
    });
    await flush(pipeline.endpoints);
    await runWorkflow(pipeline.endpoints);
    ahead += 2 * minute;
    const after = await ask(query);
    expect(after.json.meta.reused).toBe(false);
    const active = ({ json }: typeof after) => json.rows.find((row) => row['game_id'] === 'amber-game-1')?.['active'];
    expect([active(before), active(after)]).toEqual([5, 6]);
  });
});

describe('names', () => {
  const query = { report: 'players-of-a-studio', studio_id: 'blue-studio' };

  it('are for the publisher, and their results lie in the restricted bucket alone', async () => {
    const { json } = await ask(query, publisher, '/rg-owner');
    expect(json.rows.map((row) => row['player_name'])).toEqual(['Name of blue-player-1', 'Name of blue-player-2']);
    const again = await ask(query, publisher, '/rg-owner');
    expect(again.json.meta.reused).toBe(false);

    const found = await searchFolder(`${pipeline.dataDir}/s3`, { name: 'Name of blue-player-2' });
    const results = found.filter((path) => path.includes('results/'));
    expect(results.length).toBeGreaterThan(1);
    expect(found.filter((path) => !/restricted[^/]*\/(results|player_names)\//.test(path))).toEqual([]);
  });
});

describe('an id of a result', () => {
  it('is not made by whoever knows an execution, nor by another secret', async () => {
    const { json } = await ask({ report: 'studio-players', limit: '1' });
    const [payload = ''] = json.next!.replace(/^.*\/results\/|\?.*$/g, '').split('.');
    const content = JSON.parse(Buffer.from(payload, 'base64url').toString()) as unknown[];
    expect(content).toContain('amber-studio');
    const forged = createHmac('sha256', 'a guess').update(`playlake-result.${payload}`).digest('base64url');
    const executionId = content.find((part) => typeof part === 'string' && /^[0-9a-f-]{36}$/.test(part));
    for (const id of [`${payload}.${forged}`, String(executionId), payload]) {
      const { status } = await callWithToken(pipeline.endpoints, studio.token, 'GET', `/studio/results/${id}`);
      expect([id, status]).toEqual([id, 404]);
    }
  });
});
