import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { isProjected } from '../../query-engine/partition-projection.ts';
import { relationSql } from '../../query-engine/relation.ts';
import { listTableFiles, quote } from '../../query-engine/table-files.ts';
import type { PartitionFiles } from '../../query-engine/table-files.ts';
import { actorOf } from '../../policy/actor.ts';
import type { Judge } from '../../policy/actor.ts';
import { glueResources } from '../../policy/glue-resources.ts';
import type { Catalog, Clock, GlueTable, LocalLog, ObjectStore } from '../../runtime.ts';
import { REDSHIFT } from '../copy/copy-files.ts';
import { WarehouseError } from '../engine.ts';
import type { WarehouseRows, WarehouseSession, WarehouseStatement } from '../engine.ts';
import type { LakeReader } from '../lake-reader.ts';
import { quoted, quotedName, readName, unquoted } from '../sql-text.ts';
import type { StatementContext } from '../statement-runner.ts';
import { createTable, mirrorTable, partName, PARTS_SCHEMA } from './mirror-table.ts';
import type { MirrorTable } from './mirror-table.ts';
import { plannedTables } from './planned-tables.ts';

export interface ExternalSchemasOptions {
  readonly catalog: Catalog;
  readonly objects: ObjectStore;
  readonly credentials: Judge;
  readonly clock: Clock;
  readonly log: LocalLog;
  readonly reader: LakeReader;
  /** Folder for rows on their way. */
  readonly folder: string;
  readonly roles: () => readonly string[];
  readonly region: string;
  readonly accountId: string;
}

/**
 * External schemas over the catalog. PostgreSQL has none, so the catalog's tables are mirrored: their definitions at
 * once, their rows when a statement's plan reads them, and again only where a partition's location or files changed.
 */
export interface ExternalSchemas {
  /** Runs CREATE and DROP of an external schema; undefined for another statement. */
  perform(text: string, context: StatementContext): Promise<WarehouseRows | undefined>;
  /** Brings the mirror's tables to the catalog's, before a transaction begins. */
  prepare(session: WarehouseSession): Promise<void>;
  /** Takes the rows that the statement is going to read. */
  refresh(statement: WarehouseStatement, text: string, context: StatementContext): Promise<void>;
}

const NAME = String.raw`("(?:[^"]|"")+"|\w+)`;
const STRING = String.raw`('(?:[^']|'')*')`;
const CREATE = new RegExp(
  String.raw`^CREATE EXTERNAL SCHEMA (IF NOT EXISTS )?${NAME} FROM (?:DATA CATALOG DATABASE ${STRING}|(KINESIS))(?: REGION ${STRING})? IAM_ROLE (?:${STRING}|(DEFAULT))(?: CREATE EXTERNAL DATABASE IF NOT EXISTS)?$`,
  'i',
);
const DROP = new RegExp(
  String.raw`^DROP SCHEMA (IF EXISTS )?${NAME}(?: DROP EXTERNAL DATABASE)?( CASCADE| RESTRICT)?$`,
  'i',
);

interface ExternalSchema {
  readonly name: string;
  readonly database: string;
  readonly role: string;
}

const NOTHING: WarehouseRows = { columns: [], rows: [], affectedRows: 0 };

export function createExternalSchemas(options: ExternalSchemasOptions): ExternalSchemas {
  const { catalog, roles, folder, log } = options;
  mkdirSync(folder, { recursive: true });
  /** What the mirror's tables were brought to, so that nothing is asked while the catalog stands still. */
  let preparedFor: string | undefined;
  let known: readonly ExternalSchema[] = [];

  function tablesOf({ name, database }: ExternalSchema): MirrorTable[] {
    if (!catalog.databases().includes(database)) return [];
    return catalog
      .tables(database)
      .filter(({ TableType }) => TableType !== 'VIRTUAL_VIEW')
      .flatMap((table) => readTable(name, table));
  }

  /** A table of a type that is not known here is left out: no statement on others may fail for it. */
  function readTable(schema: string, table: GlueTable): MirrorTable[] {
    try {
      return [mirrorTable(schema, table)];
    } catch (error) {
      log.warn('a table of the catalog is not shown in the warehouse', { table: table.Name, why: String(error) });
      return [];
    }
  }

  async function prepare(session: WarehouseSession): Promise<void> {
    known = await schemas(session);
    const tables = known.flatMap(tablesOf);
    const wanted = createHash('sha256');
    for (const table of tables)
      wanted.update(JSON.stringify([table.schema, createTable(table), partsOf(table, catalog)]));
    const digest = wanted.digest('hex');
    if (digest === preparedFor) return;
    await session.script('BEGIN');
    try {
      for (const table of tables) {
        await session.script('SAVEPOINT one_table');
        try {
          await define(session, table, partsOf(table, catalog));
        } catch (error) {
          await session.script('ROLLBACK TO SAVEPOINT one_table');
          log.warn('a table of the catalog is not shown in the warehouse', { table: table.name, why: String(error) });
        }
      }
      await session.script('COMMIT');
    } catch (error) {
      await session.script('ROLLBACK');
      throw error;
    }
    preparedFor = digest;
  }

  return {
    async perform(text, { session, user }) {
      const create = CREATE.exec(text);
      if (/^CREATE EXTERNAL SCHEMA\b/i.test(text) && !create) {
        const message = 'an external schema FROM DATA CATALOG or FROM KINESIS with an IAM_ROLE is known here';
        throw new WarehouseError(message, { code: '0A000' });
      }
      if (create) {
        if (user !== undefined)
          throw new WarehouseError('permission denied to create an external schema', { code: '42501' });
        const [, ifNotExists, nameText = '', database, kinesis, , role, byDefault] = create;
        const name = readName(nameText);
        const arn = byDefault === undefined ? unquoted(role ?? "''") : roles()[0];
        if (arn === undefined || !roles().includes(arn)) {
          throw new WarehouseError(`The IAM role ${String(arn)} is not valid: it is not associated with the namespace`);
        }
        const { rows } = await session.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [name]);
        if (rows.length > 0 && ifNotExists !== undefined) return NOTHING;
        await session.script(`CREATE SCHEMA ${quotedName(name)}`);
        await session.query(
          'INSERT INTO redshift.external_schemas (schema_name, kind, database_name, role_arn) VALUES ($1, $2, $3, $4)',
          [
            name,
            kinesis === undefined ? 'data catalog' : 'kinesis',
            database === undefined ? '' : unquoted(database).toLowerCase(),
            arn,
          ],
        );
        if (kinesis === undefined) {
          const made = { name, database: unquoted(database ?? "''").toLowerCase(), role: arn };
          for (const table of tablesOf(made)) await define(session, table, partsOf(table, catalog));
          known = [...known, made];
        }
        return NOTHING;
      }
      const [, , dropped] = DROP.exec(text) ?? [];
      if (dropped === undefined) return undefined;
      const { affectedRows } = await session.query('DELETE FROM redshift.external_schemas WHERE schema_name = $1', [
        readName(dropped),
      ]);
      if (affectedRows === 0) return undefined;
      // External tables are no obstacle: they are only the catalog's, and views over them bind late.
      await session.query('DELETE FROM redshift.mirrored WHERE schema_name = $1', [readName(dropped)]);
      await session.script(`DROP SCHEMA ${dropped} CASCADE`);
      preparedFor = undefined;
      return NOTHING;
    },
    prepare,
    async refresh(statement, text, context) {
      if (known.length === 0) return;
      const planned = await plannedTables(context.session, statement, text);
      const names = new Set(planned.map(({ schema, name }) => `${quotedName(schema)}.${quotedName(name)}`));
      for (const schema of known) {
        for (const table of tablesOf(schema)) {
          const parts = partsOf(table, catalog).filter((part) => names.has(partName(table, part)));
          if (parts.length === 0) continue;
          await context.asAdmin(() => takeRows(context.session, schema, table, parts, options));
        }
      }
    },
  };
}

/** The external schemas over the catalog that were made. */
async function schemas(session: WarehouseSession): Promise<ExternalSchema[]> {
  const { rows } = await session.query(
    `SELECT schema_name, database_name, role_arn FROM redshift.external_schemas WHERE kind = 'data catalog'`,
  );
  return rows.map(([name, database, role]) => ({ name: name ?? '', database: database ?? '', role: role ?? '' }));
}

/** The values of the key by which a table's rows are told apart; one empty part for a table without keys. */
function partsOf({ table, partKey }: MirrorTable, catalog: Catalog): string[] {
  if (partKey < 0) return [''];
  const values = catalog.partitions(table.DatabaseName, table.Name).map(({ Values }) => Values[partKey] ?? '');
  return [...new Set(values)].toSorted();
}

/** Makes the table and its parts, or brings them to what the catalog says now. */
async function define(session: WarehouseSession, table: MirrorTable, parts: readonly string[]): Promise<void> {
  const id = `${quotedName(table.schema)}.${quotedName(table.name)}`;
  const { rows } = await session.query(
    `SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
     WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [id],
  );
  if (rows.length === 0) await session.script(createTable(table));
  else await bringColumns(session, table, id, new Map(rows.map(([name, type]) => [name ?? '', type ?? ''])));
  if (table.partKey < 0) return;

  const { rows: existing } = await session.query(
    `SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = to_regclass($1)`,
    [id],
  );
  const there = new Set(existing.map(([name]) => unquotedAll(name ?? '')));
  const statements: string[] = [];
  for (const part of parts) {
    const name = partName(table, part);
    if (there.delete(unquotedAll(name))) continue;
    statements.push(`CREATE UNLOGGED TABLE ${name} PARTITION OF ${id} FOR VALUES IN (${quoted(part)})`);
  }
  for (const gone of there) {
    const part = gone.slice(`${PARTS_SCHEMA}.`.length);
    statements.push(`DROP TABLE ${quotedName(PARTS_SCHEMA)}.${quotedName(part)}`);
  }
  if (statements.length > 0) await session.script(statements.join('; '));
}

/** New columns are appended; a table whose columns change otherwise is made anew, unless views read it. */
async function bringColumns(
  session: WarehouseSession,
  table: MirrorTable,
  id: string,
  there: ReadonlyMap<string, string>,
): Promise<void> {
  const isOther = table.columns.some(
    ({ name, type }) => there.has(name) && plainType(there.get(name)!) !== plainType(type),
  );
  if (isOther) {
    await session.script(`DROP TABLE ${id}; ${createTable(table)}`);
    await forgetRows(session, table);
    return;
  }
  const added = table.columns.filter(({ name }) => !there.has(name));
  for (const { name, type } of added) await session.script(`ALTER TABLE ${id} ADD COLUMN ${quotedName(name)} ${type}`);
  if (added.length > 0) await forgetRows(session, table);
}

/** Has the rows of every part taken anew when they are read next. */
async function forgetRows(session: WarehouseSession, { schema, name }: MirrorTable): Promise<void> {
  await session.query('DELETE FROM redshift.mirrored WHERE schema_name = $1 AND table_name = $2', [schema, name]);
}

/** PostgreSQL's two spellings of a type as one. */
function plainType(type: string): string {
  const short = type
    .replace(/\s+without time zone$/, '')
    .replace('character varying', 'varchar')
    .replace(/^redshift\./, '');
  return short.replaceAll(' ', '').toLowerCase();
}

function unquotedAll(name: string): string {
  return name.replaceAll('"', '');
}

/** Fills the parts whose files changed since they were taken. */
async function takeRows(
  session: WarehouseSession,
  schema: ExternalSchema,
  mirror: MirrorTable,
  parts: readonly string[],
  options: ExternalSchemasOptions,
): Promise<void> {
  const { catalog, reader, clock, objects } = options;
  const { table, partKey } = mirror;
  const wanted = new Set(parts);
  const registered =
    partKey < 0
      ? []
      : catalog.partitions(table.DatabaseName, table.Name).filter(({ Values }) => wanted.has(Values[partKey] ?? ''));
  checkRole(schema, mirror, options);
  const { rows } = await session.query(
    'SELECT partition, files FROM redshift.mirrored WHERE schema_name = $1 AND table_name = $2',
    [mirror.schema, mirror.name],
  );
  const known = new Map(rows.map(([partition, files]) => [partition ?? '', files ?? '']));

  await reader.read(async (connection) => {
    // Only what stands in the catalog: Redshift computes no partitions.
    const asWritten = isProjected(table) ? { ...table, Parameters: {} } : table;
    const found = await listTableFiles(asWritten, [], connection, {
      catalog: { ...catalog, partitions: () => registered },
      objects,
      clock,
    });
    const byPart = new Map<string, PartitionFiles[]>(parts.map((part) => [part, []]));
    for (const partition of found) byPart.get(partition.values[partKey] ?? '')?.push(partition);
    for (const [part, partitions] of byPart) {
      const files = digestOf(partitions);
      if (known.get(part) === files) continue;
      checkFiles(schema, partitions, options);
      await fill(session, connection, mirror, part, partitions, options);
      await session.query(
        `INSERT INTO redshift.mirrored (schema_name, table_name, partition, files) VALUES ($1, $2, $3, $4)
         ON CONFLICT (schema_name, table_name, partition) DO UPDATE SET files = excluded.files`,
        [mirror.schema, mirror.name, part, files],
      );
    }
  });
}

async function fill(
  session: WarehouseSession,
  connection: DuckDBConnection,
  mirror: MirrorTable,
  part: string,
  partitions: readonly PartitionFiles[],
  { folder }: ExternalSchemasOptions,
): Promise<void> {
  const name = partName(mirror, part);
  await session.script(`TRUNCATE ${name}`);
  if (partitions.length === 0) return;
  const rows = join(folder, `${randomUUID()}.csv`);
  try {
    const list = mirror.columns.map(({ expression }, index) => `${expression} AS c${index}`).join(', ');
    await connection.run(
      `COPY (SELECT ${list} FROM (${relationSql(mirror.table, partitions)})) TO ${quote(rows)} (FORMAT csv, HEADER false, NULLSTR '', QUOTE '"', ESCAPE '"')`,
    );
    await session.copyCsv(
      name,
      mirror.columns.map((column) => quotedName(column.name)),
      rows,
    );
    await session.script(`ANALYZE ${name}`);
  } finally {
    await rm(rows, { force: true });
  }
}

/** Names, sizes and times: a file that is written again under its name counts as changed. */
function digestOf(partitions: readonly PartitionFiles[]): string {
  const hash = createHash('sha256');
  for (const { values, files } of partitions) {
    for (const { path, size } of files) hash.update(JSON.stringify([values, path, size, statSync(path).mtimeMs]));
  }
  return hash.digest('hex');
}

function checkRole(schema: ExternalSchema, { table }: MirrorTable, options: ExternalSchemasOptions): void {
  const { credentials, region, accountId } = options;
  const { DatabaseName, Name, PartitionKeys = [] } = table;
  const reader = actorOf(credentials, schema.role, REDSHIFT);
  const actions = ['glue:GetTable', ...(PartitionKeys.length > 0 ? ['glue:GetPartitions'] : [])];
  const refusal = [
    ...glueResources(`database/${DatabaseName}`).map((resource) => ['glue:GetDatabase', resource] as const),
    ...actions.flatMap((action) =>
      glueResources(`table/${DatabaseName}/${Name}`).map((resource) => [action, resource] as const),
    ),
  ]
    .map(([action, resource]) => reader.refusal(action, `arn:aws:glue:${region}:${accountId}:${resource}`))
    .find((one) => one !== undefined);
  if (refusal !== undefined) throw new WarehouseError(`Access Denied: ${refusal}`);
}

function checkFiles(
  schema: ExternalSchema,
  partitions: readonly PartitionFiles[],
  options: ExternalSchemasOptions,
): void {
  const reader = actorOf(options.credentials, schema.role, REDSHIFT);
  const listed = new Set<string>();
  for (const { arn } of partitions.flatMap(({ files }) => files)) {
    const folder = arn.slice(0, arn.lastIndexOf('/') + 1);
    const [bucket = ''] = folder.split('/', 1);
    const refusal =
      (listed.has(folder)
        ? undefined
        : (reader.refusal('s3:GetBucketLocation', bucket) ??
          reader.refusal('s3:ListBucket', bucket, { 's3:prefix': folder.slice(bucket.length + 1) }))) ??
      reader.refusal('s3:GetObject', arn);
    listed.add(folder);
    if (refusal === undefined) continue;
    const place = arn.replace('arn:aws:s3:::', 's3://');
    throw new WarehouseError(
      `Spectrum Scan Error: Access Denied to ${place} for ${schema.role}, Status 403: ${refusal}`,
    );
  }
}
