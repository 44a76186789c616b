import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetTableCommand, type GlueClient } from '@aws-sdk/client-glue';
import { createAthena } from '../athena.ts';
import type { Cell } from '../format-table.ts';
import { formatCsv } from '../format-csv.ts';
import { deliverNow } from '../deliver-now.ts';
import { readJobFacts, withLakeClients, type LakeTarget } from '../forget/lake-target.ts';
import { openFields, playerDecryption, type PlayerDecryption } from './player-decryption.ts';
import { undeliveredEvents } from './undelivered-events.ts';

export type ExportFormat = 'ndjson' | 'csv';

/** What was written for one table, or for what reached none. */
export interface ExportedTable {
  /** `undelivered` for what lies under `firehose-errors/`. */
  readonly table: string;
  readonly file: string;
  readonly rows: number;
}

/** Tables that say something of a player, by `player_id`; names stand in the events of the account, in clear. */
const tables = ['raw_events', 'events', 'player_days', 'player_revenue', 'players', 'player_games'] as const;

interface Column {
  readonly name: string;
  readonly type: string;
  readonly comment: string;
}

/** Of what could not be delivered. */
const undelivered: { readonly table: string; readonly columns: readonly Column[] } = {
  table: 'undelivered',
  columns: [
    { name: 'source', type: 'string', comment: 'Folder of firehose-errors/: what went wrong' },
    { name: 'reason', type: 'string', comment: "Firehose's code of what went wrong" },
    { name: 'received_at', type: 'string', comment: 'When it was received; UTC' },
    { name: 'application_id', type: 'string', comment: 'The application that sent it, where it is known' },
    { name: 'original', type: 'string', comment: 'What was sent' },
  ],
};

/** Stands between the pieces of `original`, which JSON never holds. */
const separator = '\u001e';

/**
 * Writes all that the lake holds of a player into a folder, a file for each table, one for what reached none, and a README
 * that tells of the columns.
 * What is encrypted is opened where the player's key is there. The folder has to be empty or new.
 */
export async function exportPlayer(
  target: LakeTarget,
  playerId: string,
  { out, format }: { readonly out: string; readonly format: ExportFormat },
): Promise<readonly ExportedTable[]> {
  return withLakeClients(target, async ({ glue, s3, tables: dynamodb, kms }) => {
    const facts = await readJobFacts(glue, target.workload);
    const decryption = await playerDecryption(dynamodb, kms, facts, playerId);
    if (target.awsUrl !== undefined && target.apiUrl !== undefined) await deliverNow(target.apiUrl);
    const { awsUrl: endpoint, signer, workload, database } = target;
    const athena = createAthena({ endpoint, signer, workGroup: workload, database });
    await mkdir(out, { recursive: true, mode: 0o700 });
    const exported: ExportedTable[] = [];
    const columns = new Map<string, readonly Column[]>();
    const write = async (table: string, its: readonly Column[], rows: readonly (readonly Value[])[]): Promise<void> => {
      const file = `${table}.${format}`;
      await writeFile(join(out, file), formatRows(rows, its, format), { flag: 'wx', mode: 0o600 });
      columns.set(table, its);
      exported.push({ table, file, rows: rows.length });
    };
    try {
      for (const table of tables) {
        const its = await columnsOf(glue, database, table);
        const { rows } = await athena.run(`SELECT ${its.map(selected).join(', ')} FROM ${table} WHERE player_id = ?`, [
          `'${playerId.replaceAll("'", "''")}'`,
        ]);
        await write(table, its, await Promise.all(rows.map((row) => openRow(row, its, decryption))));
      }
    } finally {
      athena.close();
    }
    const left: Value[][] = [];
    for await (const one of undeliveredEvents({ s3, bucket: facts.bucket }, playerId, decryption)) {
      left.push([one.source, one.reason, one.received_at, one.application_id, one.original]);
    }
    await write(undelivered.table, undelivered.columns, left);
    await writeFile(join(out, 'README.md'), readme(exported, columns, decryption.hasKey), { flag: 'wx', mode: 0o600 });
    return exported;
  });
}

async function columnsOf(glue: GlueClient, DatabaseName: string, Name: string): Promise<readonly Column[]> {
  const { Table } = await glue.send(new GetTableCommand({ DatabaseName, Name }));
  return [...(Table?.StorageDescriptor?.Columns ?? []), ...(Table?.PartitionKeys ?? [])].map((column) => {
    return { name: column.Name!, type: column.Type ?? 'string', comment: column.Comment ?? '' };
  });
}

const selected = ({ name, type }: Column): string =>
  type === 'array<string>' ? `array_join("${name}", chr(30)) AS "${name}"` : `"${name}"`;

type Value = string | number | boolean | null;

/** A row with types, and in clear. */
async function openRow(
  row: readonly Cell[],
  columns: readonly Column[],
  decryption: PlayerDecryption,
): Promise<readonly Value[]> {
  return Promise.all(
    columns.map(async ({ name, type }, at) => {
      const text = row[at];
      if (text === undefined || text === null) return null;
      if (type === 'array<string>') return decryption.original(text.split(separator));
      if (name === 'event_data') return openFields(text, decryption);
      return typed(type, decryption.field(name, text));
    }),
  );
}

function typed(type: string, text: string): Value {
  if (type === 'boolean') return text === 'true';
  const number = Number(text);
  const isSafe = Number.isFinite(number) && (type === 'double' || Number.isSafeInteger(number));
  return ['double', 'bigint', 'int'].includes(type) && isSafe ? number : text;
}

function formatRows(rows: readonly (readonly Value[])[], columns: readonly Column[], format: ExportFormat): string {
  const names = columns.map(({ name }) => name);
  if (format === 'csv') {
    return `${formatCsv(
      names,
      rows.map((row) => row.map((value) => (value === null ? null : String(value)))),
    )}\n`;
  }
  // What an event does not have would be most of its line.
  return rows
    .map((row) => Object.fromEntries(names.flatMap((name, at) => (row[at] === null ? [] : [[name, row[at]]]))))
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('');
}

function readme(
  exported: readonly ExportedTable[],
  columns: ReadonlyMap<string, readonly Column[]>,
  hasKey: boolean,
): string {
  const parts = exported.map(({ table, file, rows }) => {
    const lines = (columns.get(table) ?? []).map(({ name, type, comment }) => `| ${name} | ${type} | ${comment} |`);
    return [`## ${file}: ${rows} rows`, '', '| column | type | meaning |', '| --- | --- | --- |', ...lines, ''].join(
      '\n',
    );
  });
  return [
    '# What is stored of one player',
    '',
    'A file for each table. Times are UTC. `raw_events` is everything as it arrived, what was refused and copies included;',
    '`events` is what was accepted, each event once, with a column for each declared field. A column that a line lacks is',
    'empty.',
    '',
    hasKey
      ? 'Personal fields are in clear.'
      : 'There is no key of personal data of this player: what is encrypted (`enc:v1:`) can be read by nobody.',
    '',
    '`undelivered` is what was received and reached no table, as it was sent.',
    '',
    'Not in here: a warehouse, and `firehose-backup/`, have copies of this alone.',
    '',
    ...parts,
  ].join('\n');
}
