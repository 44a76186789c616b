import { fillStatement } from '../../../business-logic/shared/warehouse-statements.ts';
import type {
  StatementValues,
  WarehouseSql,
  WarehouseStep,
} from '../../../business-logic/shared/warehouse-statements.ts';
import { readCell, readColumn } from '../../../business-logic/api-reports/redshift/read-cell.ts';
import { bindValues } from '../../../business-logic/api-reports/redshift/bind-values.ts';
import { accountTables, playerNames, snapshotKey } from '../../../lib/schemas/account-tables.ts';
import type { LakeColumn } from '../../../lib/schemas/lake-column.ts';
import { playerTables } from '../../../lib/schemas/player-tables.ts';
import { readEventCatalogue } from '../../../lib/schemas/read-event-catalogue.ts';
import {
  definitions,
  eventColumns,
  names,
  redshiftColumnType,
  stagedColumns,
} from '../../../lib/warehouse/warehouse-tables.ts';
import type { WarehouseEngine, WarehouseSession } from '../../../local/redshift/engine.ts';
import { openPglite } from '../../../local/redshift/pglite/open-pglite.ts';

/** A row as JSON has it, by column. */
export type JsonRow = Readonly<Record<string, unknown>>;

/** The warehouse's own statements on PGlite. Tables of the lake and the files of a COPY are handed in as rows. */
export interface WarehouseOnPglite {
  readonly engine: WarehouseEngine;
  /** Everything that the lake's catalog lists, by name: its columns in the warehouse's types. */
  readonly lakeTables: ReadonlyMap<string, readonly LakeColumn[]>;
  run(statements: readonly string[], values?: StatementValues): Promise<void>;
  /** Runs the whole setup, once or again. */
  setUp(boundary: string): Promise<void>;
  /** One load: COPY takes these rows of the raw table. */
  load(key: string, rows: readonly JsonRow[]): Promise<void>;
  /** Replaces the rows of a table of the lake. */
  fillLake(table: string, rows: readonly JsonRow[]): Promise<void>;
  /** Deletes all rows of the warehouse's own tables. */
  empty(): Promise<void>;
  rows(sql: string): Promise<readonly (readonly (string | null)[])[]>;
  /** A report's answer as the reports API spells it. `today` stands for the clock. */
  report(
    name: string,
    values: Readonly<Record<string, string>>,
    today?: string,
  ): Promise<Record<string, string | null>[]>;
}

const catalogue = readEventCatalogue();

export const standInValues: StatementValues = {
  ROLE_ARN: 'arn:aws:iam::123456789012:role/reader',
  RESTRICTED_ROLE_ARN: 'arn:aws:iam::123456789012:role/restricted-reader',
  DATABASE: 'playlake',
  REPORT_USER: 'IAMR:reports',
  RESTRICTED_USER: 'IAMR:restricted-reports',
  MANIFEST: 's3://lake/state/manifest.json',
};

export async function warehouseOnPglite(sql: WarehouseSql, given?: WarehouseEngine): Promise<WarehouseOnPglite> {
  const engine = given ?? (await openPglite());
  const lakeTables = new Map<string, readonly LakeColumn[]>([
    ...playerTables.map(({ name, columns, partitionKeys }) => [name, [...columns, ...partitionKeys]] as const),
    ...[...accountTables, playerNames].map(({ name, columns }) => [name, [...columns, snapshotKey]] as const),
  ]);
  await makeLake(engine, lakeTables);

  async function run(statements: readonly string[], values: StatementValues = {}): Promise<void> {
    await engine.transaction(
      statements.map((text) => ({ sql: standIn(fillStatement(text, { ...standInValues, ...values })) })),
    );
  }

  async function runStep({ unless, statements }: WarehouseStep, values: StatementValues): Promise<void> {
    const filled = { ...standInValues, ...values };
    if (statements.some((text) => text.startsWith('CREATE EXTERNAL SCHEMA'))) return;
    if (unless !== undefined && (await engine.query(fillStatement(unless, filled))).rows.length > 0) return;
    await run(statements, values);
  }

  return {
    engine,
    lakeTables,
    run,
    async setUp(boundary) {
      const values = { BOUNDARY: boundary };
      for (const step of sql.setup.tables) await runStep(step, values);
      for (const step of sql.setup.views) await runStep(step, values);
    },
    async load(key, rows) {
      await engine.session(async (session) => {
        await session.script('BEGIN');
        for (const text of sql.load.statements) {
          if (text.startsWith('COPY ')) await insertRows(session, 'staged_raw_events', stagedColumns, rows);
          else await session.query(standIn(fillStatement(text, { ...standInValues, FILES: [key] })));
        }
        await session.script('COMMIT');
      });
    },
    async fillLake(table, rows) {
      const columns = table === 'events' ? eventColumns(catalogue) : warehouseTypes(lakeTables.get(table) ?? []);
      await engine.session(async (session) => {
        await session.script(`DELETE FROM ${schemaOf(table)}.${table}`);
        await insertRows(session, `${schemaOf(table)}.${table}`, columns, rows);
      });
    },
    async empty() {
      await run(
        sql.tables.filter(({ name }) => name !== 'warehouse_settings').map(({ name }) => `DELETE FROM public.${name}`),
      );
    },
    async rows(text) {
      return (await engine.query(text)).rows;
    },
    async report(name, values, today) {
      const report = sql.reports[name];
      if (!report) throw new Error(`there is no report ${name}`);
      const bound = bindValues(report, values);
      const { text, given } = positional(onDay(bound.sql, today), bound.parameters);
      const answer = await engine.query(text, given);
      const columns = answer.columns.map(({ name: label, type }, at) =>
        readColumn({ label, typeName: type }, report.columns[at]?.type),
      );
      return answer.rows.map((row) =>
        Object.fromEntries(
          columns.map((column, at) => {
            const value = row[at] ?? null;
            return [column.name, value === null ? null : (readCell(column, { stringValue: value }) as string | null)];
          }),
        ),
      );
    },
  };
}

const schemaOf = (table: string): string => (table === playerNames.name ? 'restricted_lake' : 'lake');

const warehouseTypes = (columns: readonly LakeColumn[]) =>
  columns.map(({ name, type }) => ({ name, type: redshiftColumnType(type) }));

async function makeLake(engine: WarehouseEngine, tables: ReadonlyMap<string, readonly LakeColumn[]>): Promise<void> {
  await engine.session(async (session) => {
    await session.script('CREATE SCHEMA IF NOT EXISTS lake; CREATE SCHEMA IF NOT EXISTS restricted_lake');
    await session.script(`CREATE TABLE IF NOT EXISTS lake.events (${definitions(eventColumns(catalogue))})`);
    for (const [name, columns] of tables)
      await session.script(
        `CREATE TABLE IF NOT EXISTS ${schemaOf(name)}.${name} (${definitions(warehouseTypes(columns))})`,
      );
  });
}

/** What PostgreSQL has under another word, or needs no word for. */
function standIn(sql: string): string {
  return sql.replace(/ WITH NO SCHEMA BINDING$/, '').replace(/ PASSWORD DISABLE$/, ' PASSWORD NULL');
}

async function insertRows(
  session: WarehouseSession,
  table: string,
  columns: readonly { readonly name: string; readonly type: string }[],
  rows: readonly JsonRow[],
): Promise<void> {
  await session.query(
    `INSERT INTO ${table} (${names(columns)}) SELECT ${names(columns)} ` +
      `FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS given (${definitions(columns)})`,
    [JSON.stringify(rows)],
  );
}

/** The Data API's named parameters as PostgreSQL's numbered ones. */
function positional(
  sql: string,
  parameters: readonly { readonly name?: string | undefined; readonly value?: string | undefined }[],
): { text: string; given: string[] } {
  const numbers = new Map(parameters.map(({ name }, at) => [name, at + 1]));
  const text = sql.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|:([a-z][a-z0-9_]*)/g, (token, name?: string) =>
    name === undefined ? token : `$${numbers.get(name)}`,
  );
  return { text, given: parameters.map(({ value }) => value ?? '') };
}

/** The clock of a case: noon of its day. */
function onDay(sql: string, today: string | undefined): string {
  if (today === undefined) return sql;
  return sql
    .replaceAll(/\bCURRENT_DATE\b/g, `CAST('${today}' AS DATE)`)
    .replaceAll(/\bGETDATE\(\)/g, `CAST('${today} 12:00:00' AS TIMESTAMP)`);
}
