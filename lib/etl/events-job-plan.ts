import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { aliasOf, bodyOf, identifier, isRecord, listOf, nameOf, parseExpression } from '../queries/sql-tree.ts';
import { parseStatement } from '../queries/sql-tree.ts';
import type { SqlNode, SqlValue } from '../queries/sql-tree.ts';
import { transpileTree, writeJobSql } from '../queries/transpile.ts';
import type { TypedColumn } from '../schemas/event-columns.ts';
import { eventsColumns, eventsPartitionKeys, eventsTable } from '../schemas/events-table.ts';
import type { LakeColumn } from '../schemas/lake-column.ts';
import { playerTables } from '../schemas/player-tables.ts';
import { fieldText, typedField } from './typed-fields.ts';

/** Names of the job's statements. */
export const statementNames = ['typed_events', 'unseen_events', 'player_days', 'player_revenue'] as const;

export type StatementName = (typeof statementNames)[number];

/** One statement: as it is written, as Glue runs it and as the laptop does. */
export interface PlannedStatement {
  readonly athena: string;
  readonly spark: string;
  readonly duckdb: string;
}

export interface PlannedTable {
  /** In the table's order, without the partition keys. */
  readonly columns: readonly PlannedColumn[];
  readonly partition_keys: readonly PlannedColumn[];
  /** Order of the rows within a partition. */
  readonly sorted_by: readonly string[];
}

export interface PlannedColumn {
  readonly name: string;
  /** As the Glue catalog calls it. */
  readonly type: string;
}

/** What the events job does, whichever engine runs it: a JSON file that the job's argument `--plan` names. */
export interface EventsJobPlan {
  readonly version: 1;
  readonly tables: Readonly<Record<string, PlannedTable>>;
  readonly statements: Readonly<Record<StatementName, PlannedStatement>>;
}

export interface EventsJobPlanProps {
  /** The typed columns of the events table. */
  readonly columns: readonly TypedColumn[];
}

/**
 * The plan of the events job: its tables, and its SQL from `glue-scripts/sql/` with a column for every declared field.
 * @throws Error where no schema declares a field that the player tables are made from
 */
export function eventsJobPlan({ columns }: EventsJobPlanProps): EventsJobPlan {
  checkNeeded(columns);
  const tables = playerTables.map((table) => [table.name, planned(table.columns, table.partitionKeys, table.sortedBy)]);
  return {
    version: 1,
    tables: {
      [eventsTable]: planned(eventsColumns(columns), eventsPartitionKeys, ['event_type', 'event_at', 'event_id']),
      ...(Object.fromEntries(tables) as Record<string, PlannedTable>),
    },
    statements: {
      typed_events: inEveryDialect(typedEvents(columns)),
      unseen_events: inEveryDialect(unseenEvents(columns)),
      player_days: inEveryDialect(readStatement('player_days')),
      player_revenue: inEveryDialect(readStatement('player_revenue')),
    },
  };
}

/** Each dialect is written when it is asked for: with a column for every field that takes tens of milliseconds. */
function inEveryDialect(tree: SqlNode): PlannedStatement {
  return {
    get athena() {
      return writeJobSql(tree);
    },
    get spark() {
      return transpileTree(tree, 'spark');
    },
    get duckdb() {
      return transpileTree(tree, 'duckdb');
    },
  };
}

/** Fields of which the player tables are made; their types are checked where the schemas are read. */
const needed = ['platform', 'transaction_id', 'currency_type', 'currency_amount'] as const;

function checkNeeded(columns: readonly TypedColumn[]): void {
  const missing = needed.filter((name) => !columns.some((column) => column.name === name));
  if (missing.length > 0) {
    throw new Error(
      `no schema in config/events declares ${missing.join(', ')}, from which the events job makes the player tables: ` +
        'keep iap_transaction.json and a platform in at least one event type',
    );
  }
}

function planned(
  columns: readonly LakeColumn[],
  partitionKeys: readonly LakeColumn[],
  sortedBy: readonly string[],
): PlannedTable {
  return { columns: columns.map(plain), partition_keys: partitionKeys.map(plain), sorted_by: sortedBy };
}

const plain = ({ name, type }: LakeColumn): PlannedColumn => ({ name, type });

const folder = fileURLToPath(new URL('../../glue-scripts/sql/', import.meta.url));

function readStatement(name: StatementName): SqlNode {
  return parseStatement(readFileSync(`${folder}${name.replaceAll('_', '-')}.sql`, 'utf8'));
}

/** Reads each field as text first, then gives it its type, so that `event_data` is read once per field. */
export function typedEvents(columns: readonly TypedColumn[]): SqlNode {
  const tree = withColumns(readStatement('typed_events'), columns.map(typedField));
  const select = bodyOf(tree, 'select') ?? {};
  const ctes = bodyOf(select, 'with') ?? {};
  const withTexts = (cte: SqlValue): SqlValue =>
    isRecord(cte) && nameOf(cte.alias) === 'fields'
      ? { ...cte, this: withColumns(cte.this as SqlNode, columns.map(fieldText)) }
      : cte;
  return { select: { ...select, with: { ...ctes, ctes: listOf(ctes.ctes).map(withTexts) } } };
}

function unseenEvents(columns: readonly TypedColumn[]): SqlNode {
  return withColumns(
    readStatement('unseen_events'),
    columns.map(({ name }) => columnOf('typed_events', name)),
  );
}

function withColumns(tree: SqlNode, columns: readonly SqlValue[]): SqlNode {
  const select = bodyOf(tree, 'select') ?? {};
  return { select: { ...select, expressions: [...listOf(select.expressions), ...columns] } };
}

function columnOf(relation: string, name: string): SqlNode {
  return aliasOf(parseExpression(`${relation}."${name}"`), identifier(name));
}
