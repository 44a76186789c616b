import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseStatement } from '../queries/sql-tree.ts';
import { transpileTree, writeJobSql } from '../queries/transpile.ts';
import { accountTables, playerNames, snapshotKey } from '../schemas/account-tables.ts';
import type { AccountTable, AccountTableName } from '../schemas/account-tables.ts';
import type { TypedColumn } from '../schemas/event-columns.ts';
import { fixedEventColumns } from '../schemas/events-table.ts';
import type { PlannedColumn, PlannedStatement, PlannedTable } from './events-job-plan.ts';

/** Names of the statements: the one of each account table, and what the restricted table is decrypted from. */
export const accountStatementNames = ['players', 'studios', 'games', 'player_games', 'player_name_candidates'] as const;

export type AccountStatementName = (typeof accountStatementNames)[number];

/** An account table: its rows are those that its statement makes of all events of the same key. */
export interface PlannedAccountTable extends PlannedTable {
  /** Column of `account_events` and of the table; rows of a key whose events are unchanged are copied. */
  readonly key: string;
  /** The types of events that make rows; others of the reserved application are none of this table's business. */
  readonly event_types: readonly string[];
  /** The statement that makes the rows; it reads the temporary relation `account_events`, whole keys of it. */
  readonly statement: AccountStatementName;
}

/**
 * What the account jobs and the names job do, whichever engine runs them: a JSON file that their argument `--plan` names.
 * docs/decisions/0022 says what a run does with it.
 */
export interface AccountsJobPlan {
  readonly version: 1;
  /** Columns of `account_events`, read from the partitions of `events` that `application_id` names. */
  readonly account_events: readonly PlannedColumn[];
  readonly tables: Readonly<Record<AccountTableName | 'player_names', PlannedAccountTable>>;
  readonly statements: Readonly<Record<AccountStatementName, PlannedStatement>>;
}

export interface AccountsJobPlanProps {
  /** The typed columns of the events table. */
  readonly columns: readonly TypedColumn[];
}

/** Columns that every event has and the statements read. */
const envelope = ['event_id', 'event_type', 'event_at', 'player_id'] as const;

/** Fields of account events that the statements read; all are text. */
const fields = [
  'account_country',
  'effective_at',
  'game_category',
  'game_id',
  'game_name',
  'player_name',
  'studio_id',
  'studio_location',
  'studio_name',
  'user_id',
  'user_id_digest',
] as const;

/**
 * The plan of the account jobs, its SQL from `glue-scripts/sql/`.
 * @throws Error where no schema declares, as text, a field that the tables are made of
 */
export function accountsJobPlan({ columns }: AccountsJobPlanProps): AccountsJobPlan {
  checkFields(columns);
  const tables = [...accountTables, playerNames].map((table) => [table.name, planned(table)] as const);
  const statements = accountStatementNames.map((name) => [name, readStatement(name)] as const);
  return {
    version: 1,
    account_events: [
      ...fixedEventColumns.filter(({ name }) => (envelope as readonly string[]).includes(name)).map(plain),
      ...fields.map((name) => ({ name, type: 'string' })),
    ],
    tables: Object.fromEntries(tables) as AccountsJobPlan['tables'],
    statements: Object.fromEntries(statements) as AccountsJobPlan['statements'],
  };
}

function checkFields(columns: readonly TypedColumn[]): void {
  const wrong = fields.filter((name) => columns.find((column) => column.name === name)?.type !== 'string');
  if (wrong.length > 0) {
    throw new Error(
      `no schema in config/events declares ${wrong.join(', ')} as text, of which the account tables are made: ` +
        'keep the schemas of account events',
    );
  }
}

function planned(table: AccountTable<AccountTableName | 'player_names'>): PlannedAccountTable {
  return {
    columns: table.columns.map(plain),
    partition_keys: [plain(snapshotKey)],
    sorted_by: table.sortedBy,
    key: table.key,
    event_types: table.eventTypes,
    statement: table.name === 'player_names' ? 'player_name_candidates' : table.name,
  };
}

const plain = ({ name, type }: PlannedColumn): PlannedColumn => ({ name, type });

const folder = fileURLToPath(new URL('../../glue-scripts/sql/', import.meta.url));

function readStatement(name: AccountStatementName): PlannedStatement {
  const tree = parseStatement(readFileSync(`${folder}${name.replaceAll('_', '-')}.sql`, 'utf8'));
  return { athena: writeJobSql(tree), spark: transpileTree(tree, 'spark'), duckdb: transpileTree(tree, 'duckdb') };
}
