import { afterEach, describe, expect, it } from 'vitest';
import type { QueryEngine } from '../../cli/query-engine.ts';
import { createRedshift } from '../../cli/redshift.ts';
import { startFakeApi, type FakeApi } from '../support/fake-api.ts';

type Answer = (input: Record<string, unknown>) => object;
const open: FakeApi[] = [];
afterEach(async () => {
  for (const api of open.splice(0)) await api.close();
});

const text = `-- description: Players per day.
-- grain: one row per event_date
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: application_id varchar default '%'
SELECT event_date, count(DISTINCT player_id) AS dau
FROM player_days
WHERE event_date >= ? AND application_id LIKE ?
GROUP BY event_date`;
const saved = { name: 'dau', description: '', database: 'playlake', text };

/** A warehouse that answers each action of the Data API as told; `calls` gathers what it was asked. */
async function connect(actions: Readonly<Record<string, Answer>>) {
  const calls: { action: string; input: Record<string, unknown> }[] = [];
  const api = await startFakeApi(({ headers, body }) => {
    const action = String(headers['x-amz-target']).replace('RedshiftData.', '');
    const input = JSON.parse(body) as Record<string, unknown>;
    calls.push({ action, input });
    const all: Readonly<Record<string, Answer>> = { ExecuteStatement: () => ({ Id: 's' }), ...actions };
    const answer = all[action]!(input);
    return {
      status: 200,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify(answer),
    };
  });
  open.push(api);
  const signer = { region: 'eu-west-1', credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'none' } };
  const athena = { savedQueries: async () => [saved], close: () => undefined } as unknown as QueryEngine;
  const target = { signer, endpoint: api.url, workgroup: 'playlake-dev', database: 'playlake' };
  return { redshift: createRedshift(target, athena), calls };
}

const finished = { Status: 'FINISHED', Duration: 12_000_000, HasResultSet: true };
const page = (values: readonly string[], NextToken?: string) => ({
  ColumnMetadata: [{ name: 'n', typeName: 'varchar' }],
  Records: values.map((stringValue) => [{ stringValue }]),
  ...(NextToken !== undefined && { NextToken }),
});

describe('createRedshift', () => {
  it('waits for the end of a statement and reads all its pages', async () => {
    let looks = 0;
    const { redshift, calls } = await connect({
      DescribeStatement: () => ((looks += 1) < 3 ? { Status: 'STARTED' } : finished),
      GetStatementResult: ({ NextToken }) => (NextToken === undefined ? page(['1'], 'more') : page(['2'])),
    });
    expect(await redshift.run('SELECT n FROM t')).toEqual({
      columns: ['n'],
      rows: [['1'], ['2']],
      scannedBytes: null,
      milliseconds: 12,
    });
    expect(calls[0]!.input).toMatchObject({
      WorkgroupName: 'playlake-dev',
      Database: 'playlake',
      Sql: 'SELECT n FROM t',
    });
    expect(calls[0]!.input).not.toHaveProperty('Parameters');
  });

  it('has no rows of a statement that gives none', async () => {
    const { redshift } = await connect({ DescribeStatement: () => ({ ...finished, HasResultSet: false }) });
    expect(await redshift.run('ANALYZE events')).toMatchObject({ columns: [], rows: [] });
  });

  it.each(['FAILED', 'ABORTED'])('throws with Redshift’s words when a statement is %s', async (Status) => {
    const { redshift } = await connect({ DescribeStatement: () => ({ Status, Error: 'column "x" does not exist' }) });
    await expect(redshift.run('SELECT x')).rejects.toThrow(`${Status.toLowerCase()}: column "x" does not exist`);
  });

  it('runs a saved query of Athena in its own SQL, with bound values and its own defaults', async () => {
    const { redshift, calls } = await connect({
      DescribeStatement: () => finished,
      GetStatementResult: () => page(['1']),
    });
    expect(await redshift.savedQueries()).toEqual([saved]);
    await redshift.runSaved(saved, { application_id: "it's" });
    const { input } = calls[0]!;
    expect(input).toMatchObject({ StatementName: 'dau', Parameters: [{ name: 'application_id', value: "it's" }] });
    expect(input['Sql']).toMatch(/LIKE \S*CAST\(:application_id AS VARCHAR/i);
    expect(input['Sql']).not.toMatch(/:from_date|\?|it's/);
    await expect(redshift.runSaved(saved, { player: 'p' })).rejects.toThrow('dau has no parameter player');
    await expect(redshift.runSaved(saved, { from_date: 'today' })).rejects.toThrow('is no date');
  });
});
