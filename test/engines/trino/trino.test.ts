import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DemoAccounts } from '../../../cli/demo-accounts.ts';
import { localStream } from '../../../cli/stream-target.ts';
import { accountReports } from '../../../generator/accounts/account-truth.ts';
import { compareAccountTruth, momentOf } from '../../../generator/accounts/compare-account-truth.ts';
import { compareTruth, wholeRun, type AthenaRow } from '../../../generator/compare-truth.ts';
import { generate } from '../../../generator/generate.ts';
import { generatorDefaults } from '../../../generator/options.ts';
import type { Truth } from '../../../generator/truth.ts';
import { lakeTables } from '../../../lib/queries/lake-tables.ts';
import { toLiteral } from '../../../lib/queries/literals.ts';
import { readQuery, type Query } from '../../../lib/queries/read-query.ts';
import { rawEventColumns } from '../../../lib/schemas/raw-events.ts';
import { readEventCatalogue } from '../../../lib/schemas/read-event-catalogue.ts';
import { readableTables } from '../../../lib/warehouse/readable-tables.ts';
import { reportInRedshift } from '../../../lib/warehouse/reports.ts';
import { athenaAnswers, athenaRefusals } from '../../support/athena-answers.ts';
import { registerGame } from '../../support/admin-client.ts';
import { openAccounts } from '../../support/open-accounts.ts';
import { runPipeline, type RunningPipeline } from '../../support/running-pipeline.ts';
import { runWorkflow } from '../../support/run-workflow.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { flush } from '../../support/send-events.ts';
import { athenaTable } from './athena-table.ts';
import { compareRows } from './compare-rows.ts';
import { fewRows, startTrino, type RunningTrino } from './start-trino.ts';
import type { TrinoClient, TrinoRows } from './trino-client.ts';

const folder = 'athena-queries';
const reports = readdirSync(folder)
  .filter((name) => name.endsWith('.sql'))
  .toSorted()
  .map((name) => readQuery(join(folder, name)));
const gameReports = reports.filter(({ audience }) => audience === undefined);
const reportsOnAccounts = reports.filter(({ audience }) => audience !== undefined);
/** Those that show one studio's rows and no other's. */
const studioReports = reportsOnAccounts.filter(({ parameters }) =>
  parameters.some(({ name, default: usual }) => name === 'studio_id' && usual === undefined),
);

const catalogue = readEventCatalogue();
const tables = lakeTables(catalogue);
const readable = readableTables(catalogue);

/** What the events job writes, and the views over it. */
const typedRelations = [...tables].flatMap(([name, { columns }]) => (columns.includes('event_date') ? [name] : []));

/** What the account jobs write. */
const accountRelations = [...tables].flatMap(([name, { columns }]) => (columns.includes('snapshot') ? [name] : []));

/** Columns that together name a row, so that two engines give rows in one order. */
const rowNames = [
  'application_id',
  'event_date',
  'event_id',
  'player_id',
  'currency_type',
  'game_id',
  'studio_id',
  'subscription_start_at',
];

/** One lake, read by the laptop's Athena and by a Trino that knows nothing but the pipeline's own AWS endpoint. */
describe('Trino over the catalog and the files of a local pipeline', () => {
  let pipeline: RunningPipeline;
  let trino: RunningTrino;
  let truth: Truth;
  let accounts: DemoAccounts;
  let folderOfTrino: string;

  beforeAll(async () => {
    pipeline = await runPipeline();
    const { endpoints } = pipeline;
    const games = [];
    for (const name of ['Moss Harbour', 'Glass Dunes']) games.push({ name, ...(await registerGame(endpoints, name)) });
    const options = { ...generatorDefaults, events: 4000, days: 35, unregistered: 0.01, end: Date.now() };
    folderOfTrino = await temporaryFolder('trino');
    const logFile = join(folderOfTrino, 'sent.ndjson');
    truth = await generate(options, { apiUrl: endpoints.apiUrl, games, stream: localStream(endpoints) }, { logFile });
    accounts = await openAccounts(endpoints, { seed: 'accounts on Trino', games, logFile });
    await flush(endpoints);
    await runWorkflow(endpoints);
    trino = await startTrino(folderOfTrino, endpoints, { session: fewRows });
  });

  afterAll(async () => {
    await trino?.stop();
    await pipeline?.remove();
    if (folderOfTrino) await removeFolder(folderOfTrino);
  });

  it('finds the tables and views of the template', async () => {
    const { rows } = await trino.client.query('SHOW TABLES');
    expect(rows.flat()).toEqual([...tables.keys()].toSorted());
  });

  it('reads the raw table through its partition projection', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const sql = `SELECT status, count(*) AS events FROM raw_events WHERE ingest_date BETWEEN '2000-01-01' AND '${today}'
      GROUP BY status ORDER BY status`;
    const [here, there] = [await athenaTable(pipeline.endpoints, sql), await trino.client.query(sql)];
    expect(there.rows.map((row) => row[0])).toEqual(['accepted', 'rejected']);
    expect(compareRows(here, there)).toEqual([]);
  });

  it('reads every column of every raw row as the laptop does', async () => {
    const names = rawEventColumns.map(({ name }) => name).filter((name) => name !== 'original');
    const sql = `SELECT ${names.join(', ')}, json_format(CAST(original AS json)) AS original, ingest_date
      FROM raw_events ORDER BY metadata, event_id, received_at`;
    const [here, there] = [await athenaTable(pipeline.endpoints, sql), await trino.client.query(sql)];
    expect(there.rows.length).toBeGreaterThan(truth.accepted);
    expect(compareRows(here, there)).toEqual([]);
  });

  it.each(['recent_events', 'rejected_events'])('reads the view %s as it stands in the template', async (view) => {
    const { rows } = await trino.client.query(`SHOW CREATE VIEW ${view}`);
    expect(rows.flat().join()).toContain('FROM');
    const sql = `SELECT * FROM ${view} ORDER BY metadata, event_id, received_at`;
    const [here, there] = [await athenaTable(pipeline.endpoints, sql), await trino.client.query(sql)];
    expect(there.rows.length).toBeGreaterThan(0);
    expect(compareRows(here, there)).toEqual([]);
  });

  it.each(typedRelations)('reads every column of every row of %s as the laptop does', async (name) => {
    const order = rowNames.filter((column) => tables.get(name)?.columns.includes(column)).join(', ');
    const sql = `SELECT * FROM ${name} WHERE event_date >= DATE '2000-01-01' ORDER BY ${order}`;
    const [here, there] = [await athenaTable(pipeline.endpoints, sql), await trino.client.query(sql)];
    // Some event types are rare; the tables below their views are not empty.
    expect(there.rows.length > 0 || name.startsWith('event_')).toBe(true);
    expect(compareRows(here, there)).toEqual([]);
  });

  it.each(accountRelations)('reads every column of every row of %s as the laptop does', async (name) => {
    const order = rowNames.filter((column) => tables.get(name)?.columns.includes(column)).join(', ');
    const sql = `SELECT * FROM ${name} ORDER BY ${order}`;
    const [here, there] = [await athenaTable(pipeline.endpoints, sql), await trino.client.query(sql)];
    expect(there.rows.length).toBeGreaterThan(0);
    expect(compareRows(here, there)).toEqual([]);
  });

  // Two of the expected answers hold at one moment only.
  it.each(athenaAnswers.filter(([, expression]) => !expression.startsWith('current_')))(
    '%s, as the laptop claims',
    async (_what, expression, type, value) => {
      const there = await answerTo(expression, trino.client);
      expect(compareRows({ columns: [{ name: 'x', type }], rows: [[value ?? null]] }, there)).toEqual([]);
    },
  );

  it.each(athenaRefusals)('refuses %s, as the laptop does', async (_what, expression, message) => {
    const name = expression.includes(' FROM ') ? '' : ' AS x';
    await expect(trino.client.query(`SELECT ${expression}${name}`)).rejects.toThrow(message);
  });

  describe.each(gameReports)('the report $name', (report) => {
    it('has the same rows on both, and they are true', async () => {
      const values = parametersOf(report, truth);
      const here = await athenaTable(pipeline.endpoints, report.sql, values);
      const there = await trino.client.execute(report.sql, values);
      expect(there.rows.length).toBeGreaterThan(0);
      expect(compareRows(here, there)).toEqual([]);
      expect(compareTruth(report.name, asText(there), truth)).toEqual([]);
    });

    it('has the same rows on both for one game and some of the days', async () => {
      const [game] = truth.applications;
      const from_date = new Date(Date.parse(truth.last_date) - 25 * 24 * 3600 * 1000).toISOString().slice(0, 10);
      const values = parametersOf(report, truth, { from_date, application_id: game?.application_id });
      const here = await athenaTable(pipeline.endpoints, report.sql, values);
      expect(here.rows.length).toBeGreaterThan(0);
      expect(compareRows(here, await trino.client.execute(report.sql, values))).toEqual([]);
    });

    it('has the same rows on both with the defaults of its parameters', async () => {
      const values = report.parameters.map((parameter) => parameter.default ?? 'NULL');
      const here = await athenaTable(pipeline.endpoints, report.sql, values);
      const there = await trino.client.execute(report.sql, values);
      expect(compareRows(here, there)).toEqual([]);
      expect(typesOf(there)).toEqual(reportInRedshift(report, readable).columns);
    });
  });

  describe.each(reportsOnAccounts)('the report $name', (report) => {
    /** Rows on both engines, which are the same. */
    const rowsOnBoth = async (values: readonly string[]): Promise<AthenaRow[]> => {
      const here = await athenaTable(pipeline.endpoints, report.sql, values);
      const there = await trino.client.execute(report.sql, values);
      expect(compareRows(here, there)).toEqual([]);
      expect(typesOf(there)).toEqual(reportInRedshift(report, readable).columns);
      return asText(there);
    };
    const studio = 'studio-1';

    it('has the same rows on both, and they are true', async () => {
      const told = toldReports.find((name) => name === report.name);
      const moment = told === undefined ? { at: accounts.truth.at } : momentOf(told, accounts.truth);
      const rows = await rowsOnBoth(parametersOf(report, truth, { ...moment, studio_id: own(report, studio) }));
      expect(rows.length).toBeGreaterThan(0);
      const untrue = told === undefined ? [] : compareAccountTruth(told, rows, accounts.truth, own(report, studio));
      expect(untrue).toEqual([]);
    });

    it('has the same rows on both with the defaults of its parameters', async () => {
      const values = report.parameters.map((parameter) => parameter.default ?? toLiteral(parameter.type, studio));
      expect((await rowsOnBoth(values)).length).toBeGreaterThan(0);
    });
  });

  describe.each(studioReports)('the report $name', (report) => {
    it.each([`x' OR '1'='1`, 'current_user', '(SELECT studio_id FROM studios)', '%'])(
      'has no row for a studio called %s, on either',
      async (studio_id) => {
        const values = parametersOf(report, truth, { studio_id });
        expect((await athenaTable(pipeline.endpoints, report.sql, values)).rows).toEqual([]);
        expect((await trino.client.execute(report.sql, values)).rows).toEqual([]);
      },
    );
  });
});

const aggregates = /\b(sum|count|max|min|avg)\(|\bOVER\b/i;
/** Expressions that one query can answer, in their order: beside an aggregate, a window means something else. */
const together = athenaAnswers.map(([, expression]) => expression).filter((one) => !aggregates.test(one));
let answers: Promise<TrinoRows> | undefined;

/** The column `x` of an expression. What one query can answer is asked in one; where that fails, each by itself. */
async function answerTo(expression: string, client: TrinoClient): Promise<TrinoRows> {
  const list = together.map((one, at) => `${one} AS x${at}`).join(', ');
  const all = await (answers ??= client.query(`SELECT ${list}`)).catch(() => undefined);
  const at = together.indexOf(expression);
  if (all === undefined || at === -1) return await client.query(`SELECT ${expression} AS x`);
  return { columns: [{ ...all.columns[at]!, name: 'x' }], rows: all.rows.map((row) => [row[at]]) };
}

/** Columns of an answer, with the types that the warehouse is to answer in: sizes of texts and of times left out. */
function typesOf({ columns }: TrinoRows): { name: string; type: string }[] {
  return columns.map(({ name, type }) => ({
    name,
    type: type.replace(/^(varchar|timestamp)\(\d+\)$/, '$1').replace(', ', ','),
  }));
}

/** Reports that the truth tells of; of closed accounts there are more than it knows. */
const toldReports = accountReports.filter((name) => name !== 'closed-account-statistics');

/** The studio of a report that is about one; other reports show all of them. */
function own(report: Query, studio: string): string | undefined {
  return studioReports.includes(report) ? studio : undefined;
}

/** Every parameter so that the report covers the whole run, unless another value is given. */
function parametersOf(
  report: Query,
  truth: Truth,
  others: Readonly<Record<string, string | undefined>> = {},
): string[] {
  const values: Readonly<Record<string, string | undefined>> = { ...wholeRun(truth, Date.now()), ...others };
  return report.parameters.map(({ name, type, default: usual }) => {
    const value = values[name];
    return value === undefined ? (usual ?? 'NULL') : toLiteral(type, value);
  });
}

function asText({ columns, rows }: TrinoRows): AthenaRow[] {
  return rows.map((row) =>
    Object.fromEntries(columns.map(({ name }, at) => [name, row[at] == null ? null : String(row[at])])),
  );
}
