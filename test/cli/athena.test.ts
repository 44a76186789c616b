import { afterEach, describe, expect, it } from 'vitest';
import { createAthena } from '../../cli/athena.ts';
import { startFakeApi, type FakeApi } from '../support/fake-api.ts';

type Answer = (input: Record<string, unknown>) => object;
const open: FakeApi[] = [];
afterEach(async () => {
  for (const api of open.splice(0)) await api.close();
});

/** An Athena that answers each action as told; `calls` gathers what it was asked. */
async function connect(actions: Readonly<Record<string, Answer>>) {
  const calls: { action: string; input: Record<string, unknown> }[] = [];
  const api = await startFakeApi(({ headers, body }) => {
    const action = String(headers['x-amz-target']).replace('AmazonAthena.', '');
    const input = JSON.parse(body) as Record<string, unknown>;
    calls.push({ action, input });
    return {
      status: 200,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify(actions[action]!(input)),
    };
  });
  open.push(api);
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret' };
  const signer = { region: 'eu-central-1', credentials };
  return { athena: createAthena({ signer, endpoint: api.url, workGroup: 'wg', database: 'db' }), calls };
}

const finished = (State: string, more: object = {}) => ({
  QueryExecution: { Status: { State, ...more }, StatementType: 'DML', Statistics: { DataScannedInBytes: 7 } },
});
const cells = (...values: (string | undefined)[]) => ({ Data: values.map((value) => ({ VarCharValue: value })) });
const metadata = { ResultSetMetadata: { ColumnInfo: [{ Name: 'n', Type: 'integer' }] } };

describe('createAthena', () => {
  it('waits for the end, reads every page and leaves out only the first row, which repeats the columns', async () => {
    let looks = 0;
    const { athena, calls } = await connect({
      StartQueryExecution: () => ({ QueryExecutionId: 'q' }),
      GetQueryExecution: () => finished((looks += 1) < 3 ? 'RUNNING' : 'SUCCEEDED'),
      GetQueryResults: ({ NextToken }) =>
        NextToken === undefined
          ? { ResultSet: { Rows: [cells('n'), cells('1')], ...metadata }, NextToken: 'more' }
          : { ResultSet: { Rows: [cells('n'), cells(undefined)], ...metadata } },
    });
    const result = await athena.run('SELECT n FROM t WHERE d > ?', ["DATE '2026-01-01'"]);
    expect(result).toMatchObject({ columns: ['n'], rows: [['1'], ['n'], [undefined]], scannedBytes: 7 });
    expect(calls[0]!.input).toMatchObject({
      QueryString: 'SELECT n FROM t WHERE d > ?',
      WorkGroup: 'wg',
      QueryExecutionContext: { Database: 'db' },
      ExecutionParameters: ["DATE '2026-01-01'"],
    });
  });

  it.each(['FAILED', 'CANCELLED'])('throws with Athena’s words when a query is %s', async (state) => {
    const { athena } = await connect({
      StartQueryExecution: () => ({ QueryExecutionId: 'q' }),
      GetQueryExecution: () => finished(state, { StateChangeReason: 'COLUMN_NOT_FOUND: line 1:8' }),
    });
    await expect(athena.run('SELECT x')).rejects.toThrow(/COLUMN_NOT_FOUND/);
  });

  it('reads the texts of all named queries of the workgroup, fifty ids at a time', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => `id-${String(index).padStart(2, '0')}`);
    const { athena, calls } = await connect({
      ListNamedQueries: ({ NextToken }) =>
        NextToken === undefined
          ? { NamedQueryIds: ids.slice(0, 30), NextToken: 'x' }
          : { NamedQueryIds: ids.slice(30) },
      BatchGetNamedQuery: ({ NamedQueryIds }) => ({
        NamedQueries: (NamedQueryIds as string[]).map((id) => ({
          Name: `report-${id}`,
          Database: 'db',
          QueryString: 'SELECT 1',
        })),
      }),
    });
    const saved = await athena.savedQueries();
    expect(saved.map((query) => query.name)).toEqual(ids.map((id) => `report-${id}`));
    const batches = calls.filter(({ action }) => action === 'BatchGetNamedQuery');
    expect(batches.map(({ input }) => (input['NamedQueryIds'] as string[]).length)).toEqual([50, 10]);
  });
});
